"""A long row of told entries, taken in batch by batch while it is being read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from analytics.incoming import IncomingCall
from analytics.intake.entries import Told
from analytics.intake.fields import Entry, NoCall, Unfit
from analytics.intake.unpacking import CutShort
from analytics.services.intake import take_in
from analytics.services.intake_tallies import note_refused
from analytics.usage_row import Source
from registry.models import ApiToken, Organization

BATCH: Final = 2000
Reader = Callable[[Entry], IncomingCall]


@dataclass(frozen=True, slots=True)
class Reject:
    """An entry that was not taken; `entry` is what could be read of it."""

    line: int
    field: str
    reason: str
    entry: Any = None


@dataclass(slots=True)
class Tally:
    """What has come of the entries so far. `skipped` are right and are no calls, by
    reason. `cut` says why the rest could not be read."""

    read: int = 0
    line: int = 0
    accepted: int = 0
    duplicates: int = 0
    unpriced: int = 0
    unknown_models: int = 0
    refused: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    cut: str = ""


def run_intake(
    organization: Organization,
    entries: Iterable[Told],
    read: Reader,
    *,
    on_reject: Callable[[Reject], object],
    on_batch: Callable[[Tally], object] = lambda tally: None,
    after_batch: Callable[[Tally], object] = lambda tally: None,
    known_fields: frozenset[str] = frozenset(),
    token: ApiToken | None = None,
    tally: Tally | None = None,
) -> Tally:
    """Take in all entries that make sense; each batch stands in the database before
    the next is read. Running it again counts nothing twice. `known_fields` are those
    that `read` understands: others are told in the tally. `on_batch` is called in the
    transaction of its batch, `after_batch` when that is committed."""
    source = Source.API if token else Source.IMPORT
    so_far = tally or Tally()
    run = _Run(organization, read, on_reject, known_fields, token, so_far, source.value)
    stream = _until_cut(entries, run.tally)
    while batch := list(islice(stream, BATCH)):
        with transaction.atomic():
            run.take(batch)
            on_batch(run.tally)
        after_batch(run.tally)
    return run.tally


def _until_cut(entries: Iterable[Told], tally: Tally) -> Iterator[Told]:
    try:
        yield from entries
    except CutShort as error:
        tally.cut = str(error)


@dataclass(slots=True)
class _Run:
    organization: Organization
    read: Reader
    on_reject: Callable[[Reject], object]
    known_fields: frozenset[str]
    token: ApiToken | None
    tally: Tally
    source: str
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def take(self, batch: list[Told]) -> None:
        sound: list[Told] = []
        calls: list[IncomingCall] = []
        for told in batch:
            call = self._call(told)
            if call is not None:
                sound.append(told)
                calls.append(call)
        taken = take_in(self.organization, calls, token=self.token)
        if calls:
            self.source = calls[0].source.value
        for one in taken.refused:
            self._reject(sound[one.index], one.field, one.reason)
        tally = self.tally
        tally.read += len(batch)
        tally.line = batch[-1].line
        tally.accepted += taken.accepted
        tally.duplicates += taken.duplicates
        tally.unpriced += taken.unpriced
        tally.unknown_models += taken.unknown_models
        if self.refused:
            note_refused(self.organization, self.source, self.refused, timezone.now())
            self.refused.clear()

    def _call(self, told: Told) -> IncomingCall | None:
        entry = told.value
        if told.problem or not isinstance(entry, dict):
            self._reject(told, "line", told.problem or "This is no JSON object.")
            return None
        if self.known_fields:
            self.tally.ignored.update(entry.keys() - self.known_fields)
        try:
            return self.read(entry)
        except Unfit as error:
            self._reject(told, error.field, error.reason)
        except NoCall as error:
            reason = str(error)
            self.tally.skipped[reason] = self.tally.skipped.get(reason, 0) + 1
        return None

    def _reject(self, told: Told, field: str, reason: str) -> None:
        self.tally.refused += 1
        self.refused[field, reason] += 1
        self.on_reject(Reject(told.line, field, reason, told.value))
