"""Options that no best mix needs are left out before the solver sees them.

Within one feature and one provider, an option is not needed if another one costs no
more, is no worse and is no more of a change: whoever chose it can take the other one
and break no limit.
"""

from __future__ import annotations

from itertools import groupby

from recommender.mix.problem import FeatureNeed, Goal, Option, Problem


def needed(problem: Problem) -> list[tuple[Option, ...]]:
    """The options of each feature that a best mix may need, in order."""
    return [_frontier(need, problem.goal) for need in problem.needs]


def _frontier(need: FeatureNeed, goal: Goal) -> tuple[Option, ...]:
    ordered = sorted(need.allowed, key=lambda one: one.provider)
    kept: list[Option] = []
    for _, group in groupby(ordered, key=lambda one: one.provider):
        kept += _undominated(list(group), goal)
    return tuple(kept)


def _undominated(options: list[Option], goal: Goal) -> list[Option]:
    """Those that cost less than every better one; the current one always stays."""
    options.sort(key=lambda one: (one.cost_usd, -worth(one), one.reference))
    kept: list[Option] = []
    best = float("-inf")
    for option in options:
        is_first = best == float("-inf")
        gains = is_first or (goal is Goal.BEST and worth(option) > best)
        if gains or option.is_current:
            kept.append(option)
        best = max(best, worth(option)) if gains else best
    return kept


def worth(option: Option) -> float:
    """Quality as the goal counts it: what is not known is worth nothing."""
    known = option.quality is not None and option.quality == option.quality
    return (option.quality or 0.0) if known else 0.0
