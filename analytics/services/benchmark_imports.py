"""Files of cases into suites: what a file would change, keeping it, taking it back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from analytics.benchmarking.case_content import BenchmarkRefused, free_key
from analytics.benchmarking.case_reading import ReadCase
from analytics.benchmarking.suite_files import Reading, ReadSuite, read_suite
from analytics.models import BenchmarkCase, BenchmarkImport, BenchmarkSuite
from analytics.services.benchmark_cases import (
    MOST_CASES,
    case_of,
    content_of,
    living_cases,
    next_position,
)
from analytics.services.benchmark_images import keep_pictures
from analytics.services.benchmark_suites import create_suite, edit_suite, locked_suite
from registry.audit import record_change
from registry.models import Organization, User

DRAFTS_KEPT: Final = datetime.timedelta(days=7)
FACTS: Final = (
    "name",
    "description",
    "system",
    "parameters",
    "scorers",
    "pass_score",
)


@dataclass
class Comparison:
    """What keeping a file would do to a suite. `missing` are cases that the file does
    not have: they stay unless asked otherwise."""

    read: ReadSuite
    new: list[ReadCase] = field(default_factory=list)
    changed: list[tuple[ReadCase, BenchmarkCase]] = field(default_factory=list)
    unchanged: int = 0
    missing: list[BenchmarkCase] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """Cases that would be taken in, as new ones or in place of others."""
        return len(self.new) + len(self.changed)

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.changed or self.facts)


@dataclass(frozen=True)
class Outcome:
    suite: BenchmarkSuite
    added: int
    changed: int
    unchanged: int
    removed: int
    refused: int

    def as_json(self) -> dict[str, Any]:
        return {
            "suite": self.suite.key,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "refused": self.refused,
        }


def keep_file(
    *,
    organization: Organization,
    suite: BenchmarkSuite | None,
    file_name: str,
    content: bytes,
    actor: User | None,
) -> BenchmarkImport:
    """Keep a file to be looked at; drafts of a week ago go."""
    old = BenchmarkImport.objects.filter(
        organization=organization,
        kept_at=None,
        created_at__lt=timezone.now() - DRAFTS_KEPT,
    )
    old.delete()
    return BenchmarkImport.objects.create(
        organization=organization,
        suite=suite,
        file_name=PurePath(file_name or "file").name[:200],
        content=content,
        created_by=actor,
    )


def read_import(one: BenchmarkImport) -> ReadSuite:
    """Raises NotRead."""
    reading = Reading(**one.reading)
    return read_suite(bytes(one.content), name=one.file_name, reading=reading)


def compare(suite: BenchmarkSuite | None, read: ReadSuite) -> Comparison:
    """A case is found by its key; one without a key by what it says."""
    found = Comparison(read, facts=_changed_facts(suite, read.head))
    known = {one.key: one for one in living_cases(suite)} if suite else {}
    by_digest = {one.digest: one for one in known.values()}
    met = set()
    for case in read.cases:
        old = known.get(case.key)
        if not case.key:
            old = by_digest.get(case.content.digest)
        if old is None:
            found.new.append(case)
            continue
        met.add(old.key)
        if content_of(old) == case.content:
            found.unchanged += 1
        else:
            found.changed.append((case, old))
    found.missing = [one for key, one in known.items() if key not in met]
    return found


@transaction.atomic
def apply_file(
    *,
    organization: Organization,
    suite: BenchmarkSuite | None,
    read: ReadSuite,
    file_name: str,
    actor: User | None,
    actor_label: str = "",
    with_removal: bool = False,
    kept: BenchmarkImport | None = None,
    facts: dict[str, Any] | None = None,
) -> Outcome:
    """Keep the good cases of a file in `suite`, or in a new one. `with_removal` takes
    away cases that the file does not have. `facts` go beside what the file says of the
    suite. Raises BenchmarkRefused; then nothing was changed."""
    said = {**_facts(read.head), **(facts or {})}
    if suite is None:
        suite = _new_suite(organization, read, said, file_name, actor, actor_label)
    else:
        edit_suite(suite=suite, actor=actor, actor_label=actor_label, **said)
    suite = locked_suite(suite)
    found = compare(suite, read)
    removed = found.missing if with_removal else []
    here = living_cases(suite).count()
    if here + len(found.new) - len(removed) > MOST_CASES:
        raise BenchmarkRefused({"": f"A suite has at most {MOST_CASES:,} cases."})
    moment = timezone.now()
    one = kept or BenchmarkImport(organization=organization, created_by=actor)
    one.suite, one.file_name, one.kept_at = suite, file_name[:200], moment
    one.content = b""
    one.save()
    _write(suite, found, removed, one, moment)
    outcome = Outcome(
        suite,
        len(found.new),
        len(found.changed),
        found.unchanged,
        len(removed),
        len({fault.line for fault in read.faults}),
    )
    one.outcome = outcome.as_json()
    one.save(update_fields=["outcome"])
    _record(one, "imported", outcome.as_json(), actor, actor_label)
    return outcome


@transaction.atomic
def undo_import(
    *, one: BenchmarkImport, actor: User | None, actor_label: str = ""
) -> bool:
    """Take away the cases that came with a file and put back what they replaced; what
    was edited since stays. False where that was done already."""
    one = BenchmarkImport.objects.select_for_update().get(pk=one.pk)
    if one.kept_at is None or one.undone_at is not None or one.suite is None:
        return False
    suite = locked_suite(one.suite)
    now = timezone.now()
    came = living_cases(suite).filter(origin__import=str(one.key))
    came.update(replaced_at=now)
    taken = set(living_cases(suite).values_list("key", flat=True))
    replaced = BenchmarkCase.objects.filter(suite=suite, replaced_at=one.kept_at)
    back = [case.pk for case in replaced.exclude(key__in=taken)]
    BenchmarkCase.objects.filter(pk__in=back).update(replaced_at=None)
    one.undone_at = now
    one.save(update_fields=["undone_at"])
    _record(one, "import_undone", one.outcome, actor, actor_label)
    return True


def _write(
    suite: BenchmarkSuite,
    found: Comparison,
    removed: Iterable[BenchmarkCase],
    one: BenchmarkImport,
    moment: datetime.datetime,
) -> None:
    old = [case for _, case in found.changed]
    gone = [case.pk for case in (*old, *removed)]
    BenchmarkCase.objects.filter(pk__in=gone).update(replaced_at=moment)
    keep_pictures(
        organization=suite.organization,
        pictures=[
            picture
            for case in (*found.new, *(read for read, _ in found.changed))
            for picture in case.pictures
        ],
    )
    origin = {"kind": "file", "file": one.file_name, "import": str(one.key)}
    rows = [
        case_of(suite, was.key, read.content, position=was.position, origin=origin)
        for read, was in found.changed
    ]
    taken = set(living_cases(suite).values_list("key", flat=True))
    taken |= {case.key for case in rows} | {case.key for case in found.new if case.key}
    place = next_position(suite)
    for number, case in enumerate(found.new):
        key = case.key or free_key(case.content.prompt, taken)
        taken.add(key)
        row = case_of(suite, key, case.content, position=place + number, origin=origin)
        rows.append(row)
    BenchmarkCase.objects.bulk_create(rows, batch_size=1000)


def _new_suite(
    organization: Organization,
    read: ReadSuite,
    said: dict[str, Any],
    file_name: str,
    actor: User | None,
    actor_label: str,
) -> BenchmarkSuite:
    stem = PurePath(file_name).stem.replace("-", " ").replace("_", " ").strip()
    facts = {"name": stem.capitalize() or "Imported", **said}
    return create_suite(
        organization=organization,
        key=read.head.get("suite", ""),
        actor=actor,
        actor_label=actor_label,
        **facts,
    )


def _facts(head: dict[str, Any]) -> dict[str, Any]:
    return {name: head[name] for name in FACTS if name in head}


def _changed_facts(
    suite: BenchmarkSuite | None, head: dict[str, Any]
) -> dict[str, Any]:
    said = _facts(head)
    if suite is None:
        return said
    return {name: one for name, one in said.items() if getattr(suite, name) != one}


def _record(
    one: BenchmarkImport,
    verb: str,
    outcome: dict[str, Any],
    actor: User | None,
    actor_label: str,
) -> None:
    assert one.suite is not None  # noqa: S101  # for mypy
    record_change(
        organization=one.organization,
        actor=actor,
        actor_label=actor_label,
        action=f"benchmark_suite.{verb}",
        target=one.suite,
        before={},
        after={"file": one.file_name, **outcome},
    )
