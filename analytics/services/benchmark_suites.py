"""Making, editing, copying and archiving benchmark suites."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from analytics.benchmarking.case_content import (
    BenchmarkRefused,
    free_key,
    key_problem,
)
from analytics.benchmarking.scorer_checks import scorers_problem
from analytics.models import BenchmarkCase, BenchmarkSuite
from registry.audit import record_change
from registry.models import AuditEntry, Organization, User
from registry.parameters import ParameterError, clean_parameters
from registry.snapshots import Snapshot, differences

EDITABLE: Final = (
    "name",
    "description",
    "system",
    "parameters",
    "scorers",
    "pass_score",
    "shipped_version",
)
EDITED: Final = "benchmark_suite.edited"
MOST_SUITES: Final = 500


@transaction.atomic
def create_suite(
    *,
    organization: Organization,
    name: str,
    key: str = "",
    actor: User | None,
    actor_label: str = "",
    **facts: Any,  # a field of EDITABLE each
) -> BenchmarkSuite:
    """A suite without cases. Without a key it gets one of its name. Raises
    BenchmarkRefused."""
    # One after the other: the key must still be free when the row is written.
    Organization.objects.select_for_update().get(pk=organization.pk)
    taken = set(living_suites(organization).values_list("key", flat=True))
    if len(taken) >= MOST_SUITES:
        raise BenchmarkRefused({"": f"At most {MOST_SUITES} suites; archive some."})
    suite = BenchmarkSuite(
        organization=organization,
        key=key or free_key(name, taken, "suite"),
        created_by=actor,
    )
    _set(suite, {"name": name, **facts})
    problems = _problems(suite)
    if said := key_problem(suite.key):
        problems["key"] = said
    elif suite.key in taken:
        problems["key"] = f"There is a suite {suite.key} already."
    if problems:
        raise BenchmarkRefused(problems)
    suite.save(force_insert=True)
    stated = {name: value for name, value in facts_of(suite).items() if value}
    _record(suite, "created", None, stated, actor, actor_label)
    return suite


@transaction.atomic
def edit_suite(
    *,
    suite: BenchmarkSuite,
    actor: User | None,
    actor_label: str = "",
    **facts: Any,  # a field of EDITABLE each
) -> AuditEntry | None:
    """Change facts; its key and cases stay. The audit entry, None where nothing
    changed. Runs keep the scorers they began with. Raises BenchmarkRefused."""
    locked = locked_suite(suite)
    before = facts_of(locked)
    _set(locked, facts)
    changed = differences(before, facts_of(locked))
    if not changed[1]:
        return None
    if problems := _problems(locked):
        raise BenchmarkRefused(problems)
    locked.save()
    suite.refresh_from_db()
    return _record(locked, "edited", *changed, actor, actor_label)


@transaction.atomic
def undo_edit(*, entry: AuditEntry, suite: BenchmarkSuite, actor: User | None) -> bool:
    """Set back what an edit changed, as an edit of its own. False where the same was
    changed again since."""
    before, after = entry.before or {}, entry.after or {}
    now = facts_of(locked_suite(suite))
    if entry.action != EDITED or any(now.get(name) != after[name] for name in after):
        return False
    edit_suite(suite=suite, actor=actor, **before)
    return True


@transaction.atomic
def copy_suite(
    *,
    suite: BenchmarkSuite,
    name: str = "",
    actor: User | None,
    actor_label: str = "",
) -> BenchmarkSuite:
    """A new suite with the same facts and cases, of which nothing is shared."""
    facts = {one: getattr(suite, one) for one in EDITABLE}
    facts |= {"name": name or f"{suite.name[:110]} copy", "shipped_version": None}
    copy = create_suite(
        organization=suite.organization, actor=actor, actor_label=actor_label, **facts
    )
    cases = list(suite.cases.filter(replaced_at=None))
    for case in cases:
        case.pk, case.suite, case.created_at = None, copy, timezone.now()
    BenchmarkCase.objects.bulk_create(cases, batch_size=1000)
    return copy


@transaction.atomic
def archive_suite(
    *, suite: BenchmarkSuite, actor: User | None, actor_label: str = ""
) -> bool:
    """Hide it; its runs stay. False where it was archived already."""
    locked = locked_suite(suite)
    if locked.archived_at is not None:
        return False
    locked.archived_at = timezone.now()
    locked.save()
    suite.refresh_from_db()
    _record(locked, "archived", {}, {"key": locked.key}, actor, actor_label)
    return True


@transaction.atomic
def restore_suite(
    *, suite: BenchmarkSuite, actor: User | None, actor_label: str = ""
) -> bool:
    """Take an archived suite back. Raises BenchmarkRefused where its key was given to
    another meanwhile."""
    locked = locked_suite(suite)
    if locked.archived_at is None:
        return False
    if living_suites(locked.organization).filter(key=locked.key).exists():
        raise BenchmarkRefused(
            {"key": f"Another suite is called {locked.key} by now. Archive it first."}
        )
    locked.archived_at = None
    locked.save()
    suite.refresh_from_db()
    _record(locked, "restored", {}, {"key": locked.key}, actor, actor_label)
    return True


def living_suites(organization: Organization) -> QuerySet[BenchmarkSuite]:
    return BenchmarkSuite.objects.filter(organization=organization, archived_at=None)


def locked_suite(suite: BenchmarkSuite) -> BenchmarkSuite:
    """The row, which nobody else changes until the transaction ends."""
    rows = BenchmarkSuite.objects.select_related("organization")
    return rows.select_for_update(of=("self",)).get(pk=suite.pk)


def facts_of(suite: BenchmarkSuite) -> Snapshot:
    """What may be edited, as audit entries say it."""
    return {name: getattr(suite, name) for name in EDITABLE}


def _set(suite: BenchmarkSuite, facts: dict[str, Any]) -> None:
    unknown = facts.keys() - set(EDITABLE)
    if unknown:
        raise TypeError(f"A suite has no {', '.join(sorted(unknown))}.")
    for name, value in facts.items():
        setattr(suite, name, value.strip() if name == "name" else value)
    try:
        suite.parameters = clean_parameters(suite.parameters)
    except ParameterError as error:
        raise BenchmarkRefused({"parameters": str(error)}) from error


def _problems(suite: BenchmarkSuite) -> dict[str, str]:
    problems: dict[str, str] = {}
    try:
        suite.full_clean(
            exclude=["key"], validate_unique=False, validate_constraints=False
        )
    except ValidationError as error:
        problems = {name: " ".join(said) for name, said in error.message_dict.items()}
    if said := scorers_problem(suite.scorers):
        problems["scorers"] = said
    return problems


def _record(
    suite: BenchmarkSuite,
    verb: str,
    before: Snapshot | None,
    after: Snapshot | None,
    actor: User | None,
    actor_label: str,
) -> AuditEntry:
    return record_change(
        organization=suite.organization,
        actor=actor,
        actor_label=actor_label,
        action=f"benchmark_suite.{verb}",
        target=suite,
        before=before,
        after=after,
    )
