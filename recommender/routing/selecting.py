"""Automatic selection: which of the models that may answer is asked first, where nobody
named one, or where the feature says so. The work of a request is analysed, the models
are ordered under the policy, and the plan says why. Everything comes from memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from recommender.routing.asked import Asked, Work, work_of
from recommender.routing.choosing import (
    Choice,
    RoutedModel,
    choose,
    complaint,
    may_try,
)
from recommender.routing.choosing import left_lines as left_lines_of
from recommender.routing.conversations import Conversations, Key
from recommender.routing.feature_goals import BudgetLeft, demand_of, goals_of
from recommender.routing.goals import Goals
from recommender.routing.pools import Pool, Pools
from recommender.routing.shortlists import Shortlist, Shortlists, plainly
from recommender.routing.task_codes import code_of
from registry.resolution.chain import MOST_CHOSEN
from registry.resolution.entries import ConnectionEntry
from registry.resolution.plan import Candidate, Plan, Skipped

ARRANGED: Final = "Put into another order by what this request asks."
UNKNOWN: Final = (
    "Nothing is known of how well any of these models does: their order stays."
)
NOBODY: Final = "Nothing may be chosen: the assignment goes on answering."


def no_load(connection: ConnectionEntry) -> float:
    return 0.0


def no_budget(plan: Plan, asked: Asked) -> BudgetLeft | None:
    return None


@dataclass(slots=True)
class Selector:
    """`is_quiet`: no circuit of the candidate is open. `load`: the used share of a
    connection's rate limits. `budget`: what is left of the budgets of a call, where
    that is known."""

    shortlists: Shortlists
    is_quiet: Callable[[Candidate], bool]
    load: Callable[[ConnectionEntry], float] = no_load
    budget: Callable[[Plan, Asked], BudgetLeft | None] = no_budget
    conversations: Conversations = field(default_factory=Conversations)
    pools: Pools = field(default_factory=Pools)

    def arranged(self, plan: Plan, asked: Asked) -> Plan:
        """The plan with its candidates in the order of the choice. Unchanged where
        there is nothing to choose, or nothing to choose by."""
        pool = self.pools.of(plan)
        is_by_feature = plan.feature is not None and plan.feature.choice is not None
        if len(pool.models) < (1 if is_by_feature else 2):
            return plan
        work = work_of(asked, demand_of(plan.feature))
        plan = replace(plan, task_code=code_of(work.task, work.complexity))
        return self.arranged_for(plan, asked, work)

    def arranged_for(self, plan: Plan, asked: Asked, work: Work) -> Plan:
        """The same for work that is known already."""
        pool = self.pools.of(plan)
        feature = plan.feature
        rules = feature.choice if feature else None
        goals = goals_of(feature, work, asked, self.budget(plan, asked))
        shortlist = self.shortlists.best(plan, pool, work, asked, goals)
        models = shortlist.models
        if not shortlist.is_known and rules is None:
            return plan
        key = self._conversation(plan, asked)
        current = self.conversations.model_of(key) if key else None
        if current in models:
            # Whoever goes on with a conversation is not tried out.
            goals = replace(goals, exploration_share=0.0)
        choice = self._choice(plan, pool, shortlist, goals, asked, current)
        found = _planned(plan, pool, models, choice, work)
        if key and choice.models:
            self.conversations.note(key, found.candidates[len(pool.fixed)].model.id)
        return found

    def _choice(
        self,
        plan: Plan,
        pool: Pool,
        shortlist: Shortlist,
        goals: Goals,
        asked: Asked,
        current: int | None,
    ) -> Choice:
        changed = {
            model_id: now
            for model_id, one in shortlist.models.items()
            if (now := self._now(one, pool.by_model[model_id], plan, current))
            is not one
        }
        is_usual = not changed and goals.budget_left_usd is None
        is_usual = is_usual and not may_try(goals, asked.request_id)
        if is_usual and shortlist.is_known:
            return shortlist.chosen(goals)
        ready = {
            model_id: changed.get(model_id) or plainly(one)
            for model_id, one in shortlist.models.items()
        }
        known = shortlist.is_known
        return _chosen(ready, goals, asked.request_id, is_known=known)

    def _now(
        self,
        model: RoutedModel,
        candidates: tuple[Candidate, ...],
        plan: Plan,
        current: int | None,
    ) -> RoutedModel:
        """The model as it is at this moment: ill, busy, or with the conversation; the
        very same where there is nothing to say."""
        is_current = current is not None and candidates[0].model.id == current
        quiet = [one for one in candidates if self.is_quiet(one)]
        rules = plan.feature.choice if plan.feature else None
        load = 0.0
        if rules is None or rules.avoids_busy:
            load = min(self.load(one.connection) for one in quiet or candidates)
        if quiet and not load and not is_current:
            return model
        return replace(
            model,
            is_healthy=bool(quiet),
            load=load,
            is_current=is_current,
            cache_saving_usd=model.cache_saving_usd if is_current else 0.0,
        )

    @staticmethod
    def _conversation(plan: Plan, asked: Asked) -> Key | None:
        feature = plan.feature
        if feature is None or feature.choice is None:
            return None
        if not feature.choice.keeps_conversations:
            return None
        said = asked.conversation()
        return (plan.organization.id, feature.id, said) if said else None


def _chosen(
    models: Mapping[int, RoutedModel],
    goals: Goals,
    request_id: str,
    *,
    is_known: bool,
) -> Choice:
    if is_known:
        return choose(models.values(), goals, request_id)
    left = [(m.reference, why) for m in models.values() if (why := complaint(m, goals))]
    names = {name for name, _ in left}
    kept = tuple(one for one in models.values() if one.reference not in names)
    # Ill ones after the others, here too.
    ordered = tuple(sorted(kept, key=lambda one: not one.is_healthy))
    lines = tuple(left_lines_of(left))
    return Choice(ordered, tuple(left), (*goals.reasons, UNKNOWN, *lines))


def _planned(
    plan: Plan,
    pool: Pool,
    models: Mapping[int, RoutedModel],
    choice: Choice,
    work: Work,
) -> Plan:
    """What is chosen goes behind what nobody may move; the assigned models that are
    not among it may answer where all others failed, unless a limit leaves them out."""
    ids = {one.reference: model_id for model_id, one in models.items()}
    first = [ids[one.reference] for one in choice.models][:MOST_CHOSEN]
    refused = {ids[name] for name, _ in choice.left}
    chosen = [one for model_id in first for one in pool.by_model[model_id]]
    taken = {one.model.id for one in (*pool.fixed, *chosen)}
    if choice.models:
        taken |= refused
    rest = [one for one in pool.assigned if one.model.id not in taken]
    lines = [ARRANGED, work.analysis.line, work.task_line, *choice.trace]
    if not choice.models:
        lines.append(NOBODY if rest else "Nothing may be chosen.")
    left_out = len(pool.models) - len(first) - len(refused)
    if left_out > 0:
        lines.append(f"{left_out} more could answer and are left out.")
    return replace(
        plan,
        candidates=(*pool.fixed, *chosen, *rest),
        skipped=(*plan.skipped, *_left_out(choice, rest)),
        trace=(*plan.trace, *lines),
    )


def _left_out(choice: Choice, rest: list[Candidate]) -> list[Skipped]:
    asked = {one.model.reference for one in rest}
    return [
        Skipped(name, "not_chosen", why)
        for name, why in choice.left
        if name not in asked
    ]
