"""The mixed-integer programme: one 0/1 variable for each feature and option, and one
for each provider where their number is limited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array

from recommender.mix.problem import Goal, Option, Problem
from recommender.mix.reduction import needed, worth

TIME_LIMIT_S: Final = 10.0
GAP: Final = 1e-4
"""How far the best mix may at most be from the bound, as a share."""
TIE: Final = 1e-7
"""What a point of quality is worth in dollars where two mixes cost the same."""
EACH_ONE, BUDGET, CHANGES, PROVIDERS = "each", "budget", "changes", "providers"


@dataclass(frozen=True)
class Row:
    """low ≤ the weighted sum of some variables ≤ high."""

    name: str
    columns: list[int]
    weights: list[float]
    low: float
    high: float


class Programme:
    """The programme of a problem. `drop` leaves rows out by name."""

    def __init__(self, problem: Problem, drop: frozenset[str] = frozenset()) -> None:
        self.problem = problem
        self.options: list[tuple[int, Option]] = [
            (number, option)
            for number, options in enumerate(needed(problem))
            for option in options
        ]
        self.extra = 0
        self.rows = [row for row in self._rows() if row.name not in drop]

    @property
    def costs(self) -> np.ndarray:
        return np.array([option.cost_usd for _, option in self.options])

    @property
    def qualities(self) -> np.ndarray:
        return np.array(
            [
                self.problem.needs[number].importance * worth(option)
                for number, option in self.options
            ]
        )

    @property
    def changes(self) -> np.ndarray:
        return np.array([float(not option.is_current) for _, option in self.options])

    def goal(self) -> np.ndarray:
        """What is to be least, over the options."""
        if self.problem.goal is Goal.BEST:
            # Among mixes of equal quality the cheaper one.
            scale = max(1.0, float(np.abs(self.costs).sum()))
            return -self.qualities + self.costs / scale * 1e-6
        trouble = self.problem.limits.least_saving_usd * self.changes
        return (
            self.costs + trouble - TIE * np.array([worth(o) for _, o in self.options])
        )

    def solve(self, goal: np.ndarray | None = None) -> OptimizeResult:
        """HiGHS's answer; `goal`, over options or all variables, in place of the
        problem's own."""
        over = self.goal() if goal is None else goal
        size = len(self.options) + self.extra
        return milp(
            np.concatenate([over, np.zeros(size - len(over))]),
            integrality=np.ones(size),
            bounds=Bounds(0, 1),
            constraints=self._constraints(size),
            options={"time_limit": TIME_LIMIT_S, "mip_rel_gap": GAP},
        )

    def _constraints(self, size: int) -> LinearConstraint:
        at = [np.full(len(row.columns), n) for n, row in enumerate(self.rows)]
        columns = [np.array(row.columns, dtype=int) for row in self.rows]
        matrix = csr_array(
            (
                np.concatenate([row.weights for row in self.rows]),
                (np.concatenate(at), np.concatenate(columns)),
            ),
            shape=(len(self.rows), size),
        )
        low = [row.low for row in self.rows]
        return LinearConstraint(matrix, low, [row.high for row in self.rows])

    def _rows(self) -> list[Row]:
        limits = self.problem.limits
        rows = [self._one_option(n) for n in range(len(self.problem.needs))]
        if limits.budget_usd is not None:
            rows.append(self._at_most(BUDGET, self.costs, limits.budget_usd))
        if limits.max_changes is not None:
            rows.append(self._at_most(CHANGES, self.changes, limits.max_changes))
        for provider, usd in sorted(limits.provider_usd.items()):
            rows.append(self._provider_limit(provider, usd))
        if limits.max_providers is not None:
            rows += self._few_providers(limits.max_providers)
        return rows

    def _one_option(self, number: int) -> Row:
        columns = [at for at, (owner, _) in enumerate(self.options) if owner == number]
        return Row(EACH_ONE, columns, [1.0] * len(columns), 1, 1)

    def _at_most(self, name: str, weights: np.ndarray, high: float) -> Row:
        return Row(name, list(range(len(weights))), list(weights), -np.inf, high)

    def _provider_limit(self, provider: str, usd: float) -> Row:
        """Nothing may go to a provider whose limit is 0, not even to a free model."""
        at = [n for n, (_, one) in enumerate(self.options) if one.provider == provider]
        weights = [self.options[n][1].cost_usd if usd else 1.0 for n in at]
        return Row(f"provider:{provider}", at, weights, -np.inf, usd)

    def _few_providers(self, most: int) -> list[Row]:
        """A variable says whether a provider is used; options need theirs to be."""
        names = sorted({option.provider for _, option in self.options})
        used = {name: len(self.options) + n for n, name in enumerate(names)}
        self.extra = len(used)
        # One row for all options of a feature at a provider: of them at most one is
        # chosen, so that this is a tighter bound than a row for each.
        together: dict[tuple[int, str], list[int]] = {}
        for at, (number, option) in enumerate(self.options):
            together.setdefault((number, option.provider), []).append(at)
        rows = [
            Row("use", [*at, used[name]], [1.0] * len(at) + [-1.0], -np.inf, 0)
            for (_, name), at in together.items()
        ]
        count = Row(PROVIDERS, list(used.values()), [1.0] * len(used), 0, most)
        return [*rows, count]
