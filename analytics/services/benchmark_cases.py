"""Adding, editing, removing and ordering the cases of a suite. A case never changes:
an edit sets the old row aside and adds another with the same key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from analytics.benchmarking.case_content import (
    BenchmarkRefused,
    CaseContent,
    content_problems,
    free_key,
    key_problem,
    tidy,
)
from analytics.benchmarking.scorer_checks import scorers_problem
from analytics.models import BenchmarkCase, BenchmarkSuite
from analytics.services.benchmark_images import check_kept, kept_digests
from analytics.services.benchmark_suites import locked_suite
from registry.audit import record_change
from registry.models import User
from registry.snapshots import Snapshot, differences

MOST_CASES: Final = 20_000


class StaleCase(Exception):
    """Somebody else edited or removed the case meanwhile; nothing was changed."""


@transaction.atomic
def add_case(
    *,
    suite: BenchmarkSuite,
    content: CaseContent,
    key: str = "",
    origin: Mapping[str, Any] | None = None,
    actor: User | None,
    actor_label: str = "",
) -> BenchmarkCase:
    """A case at the end of a suite. Without a key it gets one of its prompt. Raises
    BenchmarkRefused."""
    suite = locked_suite(suite)
    taken = set(living_cases(suite).values_list("key", flat=True))
    content = checked(suite, content)
    if len(taken) >= MOST_CASES:
        raise BenchmarkRefused({"": f"A suite has at most {MOST_CASES:,} cases."})
    if key and (said := key_problem(key)):
        raise BenchmarkRefused({"key": said})
    if key in taken:
        raise BenchmarkRefused({"key": f"There is a case {key} already."})
    case = case_of(
        suite,
        key or free_key(content.prompt, taken),
        content,
        position=next_position(suite),
        origin=origin,
    )
    case.save(force_insert=True)
    _record(case, "added", None, stated_of(case), actor, actor_label)
    return case


def add_case_from(
    *,
    suite: BenchmarkSuite,
    messages: Sequence[Mapping[str, str]],
    system: str = "",
    images: Sequence[bytes | str] = (),
    expected: Any = None,
    tags: Sequence[str] = (),
    origin: Mapping[str, Any] | None = None,
    actor: User | None,
    actor_label: str = "",
) -> BenchmarkCase:
    """A case made of a conversation somewhere else. `images` are bytes, or digests of
    kept ones; `origin` says where it came from, e.g. {"kind": "playground", …}. Raises
    BenchmarkRefused."""
    with transaction.atomic():
        content = CaseContent(
            messages=tuple(messages),
            system=system,
            images=kept_digests(suite.organization, images),
            expected=expected,
            tags=tuple(tags),
        )
        return add_case(
            suite=suite,
            content=content,
            origin=origin,
            actor=actor,
            actor_label=actor_label,
        )


@transaction.atomic
def edit_case(
    *,
    case: BenchmarkCase,
    content: CaseContent,
    actor: User | None,
    actor_label: str = "",
) -> BenchmarkCase:
    """The case as it is from now on: a new row, or the same where nothing changed.
    Raises StaleCase and BenchmarkRefused."""
    suite = locked_suite(case.suite)
    old = _current(case)
    content = checked(suite, content)
    if content == content_of(old):
        return old
    _set_aside(old)
    new = case_of(suite, old.key, content, position=old.position, origin=old.origin)
    new.save(force_insert=True)
    before, after = differences(stated_of(old, whole=True), stated_of(new, whole=True))
    _record(new, "edited", before, after, actor, actor_label)
    return new


@transaction.atomic
def remove_case(
    *, case: BenchmarkCase, actor: User | None, actor_label: str = ""
) -> None:
    """Results that it has stay. Raises StaleCase."""
    locked_suite(case.suite)
    old = _current(case)
    _set_aside(old)
    _record(old, "removed", stated_of(old), None, actor, actor_label)


@transaction.atomic
def take_back(
    *, case: BenchmarkCase, actor: User | None, actor_label: str = ""
) -> BenchmarkCase:
    """Make a case that was edited or removed the one of its key again. Raises
    BenchmarkRefused where the suite is full."""
    suite = locked_suite(case.suite)
    case = BenchmarkCase.objects.get(pk=case.pk)
    if case.replaced_at is None:
        return case
    current = living_cases(suite).filter(key=case.key).first()
    before = stated_of(current) if current else None
    if current is not None:
        _set_aside(current)
    elif living_cases(suite).count() >= MOST_CASES:
        raise BenchmarkRefused({"": f"A suite has at most {MOST_CASES:,} cases."})
    case.replaced_at = None
    case.save(update_fields=["replaced_at"])
    _record(case, "restored", before, stated_of(case), actor, actor_label)
    return case


@transaction.atomic
def move_case(
    *, case: BenchmarkCase, to: int, actor: User | None, actor_label: str = ""
) -> bool:
    """Put a case at place `to`, from 1, of the living ones; beyond the end is the end.
    False where it is there already. Raises StaleCase."""
    suite = locked_suite(case.suite)
    case = _current(case)
    rows = living_cases(suite).order_by("position", "pk")
    order = list(rows.values_list("pk", flat=True))
    place = order.index(case.pk) + 1
    to = min(max(to, 1), len(order))
    if place == to:
        return False
    order.insert(to - 1, order.pop(place - 1))
    _number(suite, order)
    _record(case, "moved", {"place": place}, {"place": to}, actor, actor_label)
    return True


def living_cases(suite: BenchmarkSuite) -> QuerySet[BenchmarkCase]:
    return BenchmarkCase.objects.filter(suite=suite, replaced_at=None)


def next_position(suite: BenchmarkSuite) -> int:
    last: int | None = living_cases(suite).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def checked(suite: BenchmarkSuite, content: CaseContent) -> CaseContent:
    """`content` tidied. Raises BenchmarkRefused with everything that is wrong."""
    content = tidy(content)
    problems = content_problems(content)
    if said := scorers_problem(content.scorers):
        problems["scorers"] = said
    if problems:
        raise BenchmarkRefused(problems)
    check_kept(suite.organization, content.images)
    return content


def content_of(case: BenchmarkCase) -> CaseContent:
    return CaseContent(
        messages=tuple(case.messages),
        system=case.system,
        images=tuple(case.image_digests),
        expected=case.expected,
        rubric=case.rubric,
        response_schema=case.response_schema,
        scorers=tuple(case.scorers),
        tags=tuple(case.tags),
        weight=case.weight,
    )


def case_of(
    suite: BenchmarkSuite,
    key: str,
    content: CaseContent,
    *,
    position: int,
    origin: Mapping[str, Any] | None = None,
) -> BenchmarkCase:
    """A row, not stored yet."""
    return BenchmarkCase(
        suite=suite,
        key=key,
        position=position,
        system=content.system,
        messages=[dict(one) for one in content.messages],
        image_digests=list(content.images),
        expected=content.expected,
        rubric=content.rubric,
        response_schema=content.response_schema,
        scorers=[dict(one) for one in content.scorers],
        tags=list(content.tags),
        weight=content.weight,
        digest=content.digest,
        origin=dict(origin or {}),
    )


def stated_of(case: BenchmarkCase, *, whole: bool = False) -> Snapshot:
    """What a case says, as audit entries have it: only what is there, or all."""
    said: Snapshot = {
        "suite": case.suite.key,
        "key": case.key,
        "messages": case.messages,
        "system": case.system,
        "images": case.image_digests,
        "expected": case.expected,
        "rubric": case.rubric,
        "response_schema": case.response_schema,
        "scorers": case.scorers,
        "tags": case.tags,
        "weight": case.weight,
    }
    if whole:
        return said
    return {name: one for name, one in said.items() if one not in (None, "", [], {})}


def _current(case: BenchmarkCase) -> BenchmarkCase:
    """The row as it is now. The suite is locked, so that nobody replaces it."""
    now = BenchmarkCase.objects.select_related("suite__organization").get(pk=case.pk)
    if now.replaced_at is not None:
        raise StaleCase(f"Somebody else changed {now.key} meanwhile.")
    return now


def _set_aside(case: BenchmarkCase) -> None:
    case.replaced_at = timezone.now()
    case.save(update_fields=["replaced_at"])


def _number(suite: BenchmarkSuite, order: Sequence[int]) -> None:
    """Write the places that changed, in one statement for all."""
    rows = {one.pk: one for one in living_cases(suite).only("pk", "position")}
    changed = []
    for place, pk in enumerate(order, start=1):
        if rows[pk].position != place:
            rows[pk].position = place
            changed.append(rows[pk])
    BenchmarkCase.objects.bulk_update(changed, ["position"], batch_size=2000)


def _record(
    case: BenchmarkCase,
    verb: str,
    before: Snapshot | None,
    after: Snapshot | None,
    actor: User | None,
    actor_label: str,
) -> None:
    record_change(
        organization=case.suite.organization,
        actor=actor,
        actor_label=actor_label,
        action=f"benchmark_case.{verb}",
        target=case,
        before=before,
        after=after,
    )
