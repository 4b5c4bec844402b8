"""Switches to come: at a time, or when a share of the month's budget is spent. A plan
is a row; whoever carries it out marks it and switches in one transaction, so that a
killed worker leaves it planned for the next minute."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from registry.acting import actor_name
from registry.audit import record_change
from registry.models import (
    Feature,
    Organization,
    Pack,
    PlannedSwitch,
    PlannedSwitchState,
    User,
)
from registry.queries.packs import latest_version
from registry.services.pack_switches import StaleSwitch, SwitchRefused, switch_pack

OUTCOME_LENGTH: Final = 400
MAX_PLANNED: Final = 50
PERCENTS: Final = range(1, 101)


class PlanRefused(Exception):
    """The plan makes no sense; the text is for a person."""


@dataclass(frozen=True)
class PlanOptions:
    """What the switch will be allowed then, as for one that is made at once; forcing
    is for a person who looks at what is lost."""

    keep: Collection[str] = ()
    enable_models: bool = False
    create_missing_features: bool = False


PLAIN: Final = PlanOptions()


def plan_switch_at(
    *,
    pack: Pack,
    run_at: datetime.datetime,
    actor: User | None,
    actor_label: str = "",
    options: PlanOptions = PLAIN,
) -> PlannedSwitch:
    """Switch to whatever is the newest version of the pack at `run_at` (aware). Raises
    PlanRefused."""
    if run_at.tzinfo is None:
        raise PlanRefused("The time needs a time zone.")
    if run_at <= timezone.now():
        raise PlanRefused("This time is past. Switch now instead.")
    planned = PlannedSwitch(pack=pack, run_at=run_at)
    return _plan(planned, actor, actor_label, options)


def plan_switch_on_budget(
    *,
    pack: Pack,
    budget_percent: int,
    actor: User | None,
    actor_label: str = "",
    options: PlanOptions = PLAIN,
) -> PlannedSwitch:
    """Switch once `budget_percent` (1–100) of the month's limits of all models is
    spent. Raises PlanRefused."""
    if budget_percent not in PERCENTS:
        raise PlanRefused("The share of the budget is a whole percentage, 1 to 100.")
    planned = PlannedSwitch(pack=pack, budget_percent=budget_percent)
    return _plan(planned, actor, actor_label, options)


@transaction.atomic
def cancel_planned_switch(
    *, planned: PlannedSwitch, actor: User | None, actor_label: str = ""
) -> bool:
    """False where it was done or cancelled already."""
    if not _moved(planned, PlannedSwitchState.CANCELLED):
        return False
    _record(planned, actor, actor_label, "pack.plan_cancelled")
    return True


def run_due(now: datetime.datetime) -> int:
    """Carry out what was planned for `now` or before; how many were done or failed."""
    due = _waiting().filter(run_at__lte=now).order_by("run_at", "pk")
    return sum(run_planned(planned=one) for one in due)


def run_budget_plans(spent_percent: Callable[[Organization], float | None]) -> int:
    """Carry out the plans whose share of the budget is reached; `spent_percent` says
    how much an organisation has spent (None: it has no limits)."""
    done = 0
    shares: dict[int, float | None] = {}
    for planned in _waiting().filter(budget_percent__isnull=False).order_by("pk"):
        key = planned.organization_id
        if key not in shares:
            shares[key] = spent_percent(planned.organization)
        share = shares[key]
        if share is not None and share >= (planned.budget_percent or 0):
            done += run_planned(planned=planned)
    return done


@transaction.atomic
def run_planned(*, planned: PlannedSwitch) -> bool:
    """Switch as planned. False where somebody else did, or cancelled it. What cannot be
    switched fails, with the reason: it is never forced."""
    if not _moved(planned, PlannedSwitchState.DONE):
        return False
    organization = planned.organization
    features = Feature.objects.filter(
        organization=organization, archived_at=None, key__in=planned.kept_features
    )
    try:
        with transaction.atomic():
            outcome = switch_pack(
                version=latest_version(planned.pack),
                actor=planned.actor,
                actor_label=planned.actor_label,
                keep=list(features.values_list("key", flat=True)),
                enable_models=planned.enable_models,
                create_missing_features=planned.create_missing_features,
                note=f"Planned {_condition(planned)}.",
            )
        said = outcome.text
    except (SwitchRefused, StaleSwitch) as error:
        planned.state = PlannedSwitchState.FAILED
        said = str(error)
    planned.outcome = said[:OUTCOME_LENGTH]
    planned.save(update_fields=["state", "outcome", "updated_at"])
    return True


def _waiting() -> QuerySet[PlannedSwitch]:
    return PlannedSwitch.objects.filter(
        state=PlannedSwitchState.PLANNED
    ).select_related("pack__organization", "organization", "actor")


@transaction.atomic
def _plan(
    planned: PlannedSwitch,
    actor: User | None,
    actor_label: str,
    options: PlanOptions,
) -> PlannedSwitch:
    pack = planned.pack
    planned.organization = pack.organization
    if pack.archived_at is not None:
        raise PlanRefused("This pack is archived. Restore it first.")
    waiting = _waiting().filter(organization=pack.organization)
    if waiting.count() >= MAX_PLANNED:
        raise PlanRefused(f"At most {MAX_PLANNED} switches are planned at a time.")
    same = waiting.filter(
        pack=pack, run_at=planned.run_at, budget_percent=planned.budget_percent
    ).first()
    if same is not None:
        return same
    planned.kept_features = sorted(set(options.keep))
    planned.enable_models = options.enable_models
    planned.create_missing_features = options.create_missing_features
    planned.actor = actor
    planned.actor_label = actor_name(actor, actor_label)
    planned.save()
    _record(planned, actor, actor_label, "pack.planned")
    return planned


def _moved(planned: PlannedSwitch, to: PlannedSwitchState) -> bool:
    """The guarded UPDATE: of many who try, one succeeds."""
    updated = PlannedSwitch.objects.filter(
        pk=planned.pk, state=PlannedSwitchState.PLANNED
    ).update(state=to, updated_at=timezone.now())
    planned.refresh_from_db()
    return updated == 1


def _condition(planned: PlannedSwitch) -> str:
    if planned.run_at is not None:
        return f"for {planned.run_at:%d %b %Y, %H:%M} UTC"
    return f"for when {planned.budget_percent} % of the budget is spent"


def _record(
    planned: PlannedSwitch, actor: User | None, actor_label: str, action: str
) -> None:
    said = {"when": _condition(planned), "kept": planned.kept_features}
    is_new = action == "pack.planned"
    record_change(
        organization=planned.organization,
        actor=actor,
        actor_label=actor_label,
        action=action,
        target=planned.pack,
        before=None if is_new else said,
        after=said if is_new else None,
    )
