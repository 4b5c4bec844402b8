"""What a switch of packs and its roll-back share: one of two people wins, and the
trace of what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.acting import actor_name
from registry.audit import record_change
from registry.models import ActivePack, Organization, PackSwitch, PackVersion, User
from registry.packs.difference import Difference, FeatureChange
from registry.packs.findings import Finding
from registry.queries.pack_difference import SwitchPlan
from registry.queries.pack_roll_back import RollBackPlan
from registry.queries.pack_situation import active_pack
from registry.services.pack_revisions import Overtaken

NOTE_LENGTH: Final = 400
MOST_DIGITS: Final = 10
ASSIGNED_MEANWHILE: Final = "A feature was assigned meanwhile. Look at it again."


class SwitchRefused(Exception):
    """Nothing was changed. `findings` are why, where features cannot be served."""

    def __init__(self, findings: Iterable[Finding] = (), message: str = "") -> None:
        self.findings = tuple(findings)
        self.message = message
        super().__init__(message or "\n".join(str(one) for one in self.findings))


class StaleSwitch(Exception):
    """Somebody else switched or assigned meanwhile; nothing was changed. `active` is
    what is in force now."""

    def __init__(self, active: ActivePack | None, message: str = "") -> None:
        self.active = active
        now = active.version if active and active.version else "no pack"
        said = message or f"Somebody else switched meanwhile: {now} is in force."
        super().__init__(said)


@dataclass(frozen=True)
class SwitchOutcome:
    """What a switch or a roll-back did. `is_new` is False where everything was so
    already: a double submit adds nothing. `left_alone` are features with reasons."""

    switch: PackSwitch | None
    is_new: bool
    difference: Difference
    active: PackVersion | None
    enabled: tuple[str, ...] = ()
    created_features: tuple[str, ...] = ()
    left_alone: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """One sentence and, where features were left, a second."""
        now = f"{self.active} is active" if self.active else "No pack is active"
        if not self.is_new:
            kept = len(self.difference.of("kept"))
            ending = f" {kept} feature{'s' * (kept != 1)} kept." if kept else ""
            return f"{now} already.{ending}"
        changed = len(self.difference.changed)
        said = f"{now}: {changed} feature{'s' * (changed != 1)} changed."
        left = len(self.left_alone)
        return f"{said} {left} left alone." if left else said


@dataclass(frozen=True)
class Person:
    """Who does it: a user, or a label where it is a command or a plan."""

    user: User | None
    label: str

    @property
    def name(self) -> str:
        return actor_name(self.user, self.label)


class DoneAlready(Exception):
    """There is nothing to do; the transaction is taken back."""

    def __init__(self, plan: SwitchPlan) -> None:
        self.plan = plan
        super().__init__()


def guarded(
    organization: Organization, work: Callable[[], SwitchOutcome]
) -> SwitchOutcome:
    """`work` in one transaction. Raises what it raises, and StaleSwitch where somebody
    assigned a feature at the same moment."""
    try:
        with transaction.atomic():
            return work()
    except DoneAlready as done:
        plan = done.plan
        active = plan.active.version if plan.active else None
        return SwitchOutcome(None, False, plan.difference, active)
    except (Overtaken, IntegrityError) as error:
        raise StaleSwitch(active_pack(organization), ASSIGNED_MEANWHILE) from error


def claim(organization: Organization, expected: str | None) -> bool:
    """Whether this is the one switch that may follow the state that was seen. The row
    stays locked until the transaction ends, so that nobody switches meanwhile."""
    active, _ = ActivePack.objects.get_or_create(organization=organization)
    seen = active.switch_count if expected is None else _count_in(expected)
    updated = ActivePack.objects.filter(
        organization=organization, switch_count=seen
    ).update(switch_count=seen + 1)
    return updated == 1


def _count_in(expected: str) -> int:
    count = expected.partition("-")[0]
    is_count = count.isdecimal() and len(count) < MOST_DIGITS
    return int(count) if is_count else -1


def check_unchanged(
    is_claimed: bool, plan: SwitchPlan | RollBackPlan, expected: str | None
) -> None:
    if not is_claimed:
        raise StaleSwitch(plan.active)
    if expected is None:
        return
    # The count has just grown; the rest says which revisions were in force.
    if plan.expected.partition("-")[2] != expected.partition("-")[2]:
        raise StaleSwitch(plan.active, ASSIGNED_MEANWHILE)


def finish(action: str, switch: PackSwitch, by: Person, difference: Difference) -> None:
    """Say which version is active now, and leave the trace of it all."""
    ActivePack.objects.filter(organization=switch.organization).update(
        version=switch.to_version, last_switch=switch, updated_at=timezone.now()
    )
    version = switch.to_version or switch.from_version
    if version is None:
        raise ValueError("A switch goes from a version or to one.")
    changed = difference.changed
    record_change(
        organization=switch.organization,
        actor=by.user,
        actor_label=by.name,
        action=action,
        target=version.pack,
        before={
            "pack": str(switch.from_version) if switch.from_version else None,
            **{row.key: row.before and row.before.as_json() for row in changed},
        },
        after={
            "pack": str(switch.to_version) if switch.to_version else None,
            **{row.key: row.after and row.after.as_json() for row in changed},
        },
        note=switch.reason,
    )


def why_left(row: FeatureChange) -> str:
    return " ".join(one.text for one in row.findings if one.is_error)
