"""Making an organisation what configuration files say: planned, tried and applied in
one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import IntegrityError, transaction

from analytics.configuration_sections import SECTIONS
from analytics.queries.configuration import current_document
from analytics.services.budget_checking import BudgetRefused
from analytics.services.budget_definitions import StaleBudget
from analytics.services.configuration_budgets import apply_budgets, remove_budgets
from registry.audit import record_change
from registry.configuration.files import ConfigurationWrong, Finding
from registry.configuration.merging import Wanted
from registry.configuration.planning import Plan, planned
from registry.configuration.renumbering import renumbered
from registry.models import Organization, User
from registry.queries.configuration_references import unknown_references
from registry.services.configuration_connections import (
    apply_connections,
    remove_connections,
)
from registry.services.configuration_features import (
    apply_features,
    apply_packs,
    apply_settings,
    assign,
    remove_features,
    remove_packs,
    unassign_features,
)
from registry.services.configuration_models import (
    apply_custom_models,
    apply_models,
    remove_custom_models,
    switch_models_off,
)
from registry.services.configuration_prompts import (
    apply_profiles,
    apply_prompts,
    remove_profiles,
    remove_prompts,
)
from registry.services.configuration_work import REFUSALS, Work

Step = Callable[[Work], None]
STEPS: Final[tuple[Step, ...]] = (
    apply_custom_models,
    apply_models,
    apply_connections,
    apply_prompts,
    apply_features,
    apply_packs,
    assign,
    apply_settings,
    unassign_features,
    apply_profiles,
    apply_budgets,
    remove_budgets,
    remove_profiles,
    remove_features,
    remove_packs,
    remove_prompts,
    remove_connections,
    switch_models_off,
    remove_custom_models,
)
"""What others build on comes first, and is taken away last."""
AUDITED: Final = 200
"""Names of changed entries that the audit entry holds; each has an entry of its own."""


class StalePlan(Exception):
    """The plan is another one than the person saw; nothing was changed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        what = "and nothing is left to do" if not plan.to_do else "since that plan"
        super().__init__(
            f"Something was changed meanwhile, {what}. Nothing was applied. Look at "
            f"`modelhub config plan` again: its fingerprint is {plan.fingerprint}."
        )


@dataclass(frozen=True)
class Outcome:
    """A plan with what applying it says: `told` is left to a person, `warnings` are
    names that nothing is known by."""

    plan: Plan
    told: Sequence[str] = ()
    warnings: Sequence[Finding] = field(default_factory=tuple)
    is_applied: bool = False


def try_configuration(
    *, organization: Organization, wanted: Wanted, prune: bool = False
) -> Outcome:
    """What applying would do. Everything is done and taken back, so that every rule is
    asked. Raises ConfigurationWrong with all that is wrong."""
    outcome = Outcome(Plan((), {}))
    with transaction.atomic():
        outcome = _run(organization, wanted, prune, actor=None, actor_label="")
        transaction.set_rollback(True)
    return replace(outcome, is_applied=False)


def apply_configuration(
    *,
    organization: Organization,
    wanted: Wanted,
    actor: User | None,
    actor_label: str = "",
    prune: bool = False,
    expected: str = "",
) -> Outcome:
    """Make it so, all of it or nothing. `expected` is the fingerprint of the plan that
    the person saw; empty: whatever is to be done now. Raises ConfigurationWrong and
    StalePlan."""
    try:
        with transaction.atomic():
            outcome = _run(
                organization,
                wanted,
                prune,
                actor=actor,
                actor_label=actor_label,
                expected=expected,
            )
            if outcome.plan.to_do:
                _record(organization, wanted, outcome.plan, actor, actor_label)
    except IntegrityError as error:
        said = "Somebody else changed the same at the same moment. Try again."
        raise ConfigurationWrong([Finding("", 0, said)]) from error
    return outcome


def _run(
    organization: Organization,
    wanted: Wanted,
    prune: bool,
    *,
    actor: User | None,
    actor_label: str,
    expected: str = "",
) -> Outcome:
    # One configuration at a time: of two people the second sees what the first did.
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    current = current_document(locked)
    exact = wanted.replaced(renumbered(wanted.document, current))
    plan = planned(current, exact.document, SECTIONS, prune=prune)
    if expected and plan.fingerprint != expected:
        raise StalePlan(plan)
    errors, warnings = unknown_references(locked, current, exact)
    missing = list(_missing(plan, exact))
    if errors or missing:
        raise ConfigurationWrong([*errors, *missing])
    work = Work(
        locked,
        plan,
        exact,
        actor,
        actor_label,
        refusals=(*REFUSALS, BudgetRefused, StaleBudget),
    )
    for step in STEPS:
        step(work)
    if work.refused:
        raise ConfigurationWrong(work.refused)
    return Outcome(plan, tuple(work.told), tuple(warnings), is_applied=True)


def _missing(plan: Plan, wanted: Wanted) -> list[Finding]:
    return [
        wanted.finding(
            (one.section, one.key),
            f"{one.section} · {one.key}: A new {SECTIONS[one.section].noun} needs "
            f"{name}.",
        )
        for one in plan.changes
        if one.action == "create"
        for name in SECTIONS[one.section].required
        if not one.entry.get(name)
    ]


def _record(
    organization: Organization,
    wanted: Wanted,
    plan: Plan,
    actor: User | None,
    actor_label: str,
) -> None:
    after: dict[str, Any] = {
        "files": [one.name for one in wanted.files],
        "fingerprint": plan.fingerprint,
    }
    for name, action in (
        ("created", "create"),
        ("changed", "change"),
        ("removed", "remove"),
    ):
        keys = [
            f"{one.section} · {one.key}" for one in plan.to_do if one.action == action
        ]
        rest = len(keys) - AUDITED
        more = [f"… and {rest:,} more"] if rest > 0 else []
        if keys:
            after[name] = [*keys[:AUDITED], *more]
    record_change(
        organization=organization,
        actor=actor,
        actor_label=actor_label,
        action="configuration.applied",
        target=organization,
        before=None,
        after=after,
    )
