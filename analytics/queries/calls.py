"""The log of requests: the last calls of a feature, a connection or a model, page by
page by key, and as quick on the thousandth page as on the first."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from analytics.models import UsageRecord
from analytics.queries.call_names import Names, names_of
from analytics.request_story import (
    Total,
    Verdict,
    decisive,
    duration_ms,
    first_token_ms,
    said_model,
    source_words,
    total_of,
    verdict,
)
from registry.models import AIModel, Feature, Organization

PAGE_SIZE: Final = 50
RECENT: Final = 8
LONGEST_REQUEST: Final = datetime.timedelta(days=1)
"""Attempts of one request are not further apart."""


@dataclass(frozen=True, kw_only=True)
class CallFilter:
    """Which requests to show: those with an attempt that matches all of it. None and
    an empty text leave the matter open; `until` is excluded. The outcome "not_ok" is
    any but a good one."""

    feature_id: int | None = None
    ai_model_id: int | None = None
    connection_id: int | None = None
    token_id: int | None = None
    pack_version_ids: Sequence[int] | None = None
    request_id: uuid.UUID | None = None
    outcome: str = ""
    source: str = ""
    error_kind: str = ""
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


NOT_OK: Final = "not_ok"


@dataclass(frozen=True)
class Position:
    """The key of the last line of a page."""

    started_at: datetime.datetime
    id: uuid.UUID

    def as_cursor(self) -> str:
        return f"{self.started_at.isoformat()}_{self.id.hex}"

    @classmethod
    def from_cursor(cls, cursor: str) -> Position:
        """Raises ValueError for a text that is no cursor."""
        moment, _, identifier = cursor.rpartition("_")
        at = datetime.datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("no cursor of the request log")
        return cls(at, uuid.UUID(identifier))


@dataclass(frozen=True)
class RequestLine:
    """One request, told by its attempts. `feature` and `ai_model` are None where there
    is none, or it is gone; `said_model` is what a model in no catalogue was called.
    `source` says in a word who told of it; empty for the gateway."""

    request_id: uuid.UUID
    started_at: datetime.datetime
    attempts: int
    is_stream: bool
    feature: Feature | None
    ai_model: AIModel | None
    said_model: str
    source: str
    verdict: Verdict
    total: Total
    tokens: int | None
    duration_ms: int | None
    first_token_ms: int | None

    @property
    def address(self) -> str:
        """Of its page."""
        return _addresses().format(self.request_id)


@lru_cache(maxsize=1)  # a page has fifty, and each takes as long as all of them
def _addresses() -> str:
    nobody = uuid.UUID(int=0)
    address = reverse("analytics:request_show", args=[nobody])
    return address.replace(str(nobody), "{}")


@dataclass(frozen=True)
class RequestPage:
    lines: list[RequestLine]
    older: str
    """Cursor of the next page; empty at the end."""


def matching_calls(
    organization: Organization, chosen: CallFilter
) -> QuerySet[UsageRecord]:
    """The first matching attempt of each request that has one, newest first."""
    calls = _matching(organization, chosen)
    earlier = calls.filter(
        request_id=OuterRef("request_id"),
        attempt__lt=OuterRef("attempt"),
        # Lets the planner look into one or two partitions only.
        started_at__gte=OuterRef("started_at") - LONGEST_REQUEST,
        started_at__lte=OuterRef("started_at"),
    )
    first = calls.filter(Q(attempt=1) | ~Exists(earlier))
    return first.order_by("-started_at", "-id")


def request_page(
    organization: Organization,
    chosen: CallFilter,
    after: Position | None = None,
    size: int = PAGE_SIZE,
) -> RequestPage:
    calls = matching_calls(organization, chosen)
    if after:
        calls = calls.filter(
            Q(started_at__lt=after.started_at) | Q(id__lt=after.id),
            # What an index can start from.
            started_at__lte=after.started_at,
        )
    found = list(calls[: size + 1].values_list("request_id", "started_at", "id"))
    shown = found[:size]
    last = shown[-1] if len(found) > size else None
    older = Position(last[1], last[2]).as_cursor() if last else ""
    return RequestPage(_lines(organization, shown), older)


def recent_requests(
    organization: Organization, chosen: CallFilter, size: int = RECENT
) -> list[RequestLine]:
    """The last few requests, e.g. for a card on a feature's page."""
    return request_page(organization, chosen, size=size).lines


def has_calls(organization: Organization) -> bool:
    return UsageRecord.objects.filter(organization_id=organization.pk).exists()


def attempts_of(organization: Organization, request_id: uuid.UUID) -> list[UsageRecord]:
    """The attempts of one request in their order; empty where there is no such
    request in the organisation."""
    rows = UsageRecord.objects.filter(
        organization_id=organization.pk, request_id=request_id
    )
    return sorted(rows, key=lambda row: (row.attempt, row.started_at))


def _matching(organization: Organization, chosen: CallFilter) -> QuerySet[UsageRecord]:
    exact = {
        "feature_id": chosen.feature_id,
        "ai_model_id": chosen.ai_model_id,
        "connection_id": chosen.connection_id,
        "token_id": chosen.token_id,
        "pack_version_id__in": chosen.pack_version_ids,
        "request_id": chosen.request_id,
        "source": chosen.source or None,
        "error_kind": chosen.error_kind or None,
        "tags__contains": chosen.tags or None,
        "started_at__gte": chosen.since,
        "started_at__lt": chosen.until,
        "outcome": None if chosen.outcome == NOT_OK else chosen.outcome or None,
    }
    given = {name: value for name, value in exact.items() if value is not None}
    calls = UsageRecord.objects.filter(organization_id=organization.pk, **given)
    return calls.exclude(outcome="ok") if chosen.outcome == NOT_OK else calls


def _lines(
    organization: Organization,
    shown: Sequence[tuple[uuid.UUID, datetime.datetime, uuid.UUID]],
) -> list[RequestLine]:
    """All attempts of the shown requests, in one query, as a line each."""
    if not shown:
        return []
    moments = [started_at for _, started_at, _ in shown]
    rows = UsageRecord.objects.filter(
        organization_id=organization.pk,
        request_id__in=[request_id for request_id, _, _ in shown],
        started_at__gte=min(moments) - LONGEST_REQUEST,
        started_at__lte=max(moments) + LONGEST_REQUEST,
    ).order_by("request_id", "attempt", "started_at")
    attempts = {
        request_id: list(group)
        for request_id, group in groupby(rows, key=lambda row: row.request_id)
    }
    names = names_of(rows)
    return [
        _line(attempts[request_id], names)
        for request_id, _, _ in _once(shown)
        if request_id in attempts
    ]


def _line(attempts: list[UsageRecord], names: Names) -> RequestLine:
    final = decisive(attempts)
    return RequestLine(
        request_id=final.request_id,
        started_at=attempts[0].started_at,
        attempts=len(attempts),
        is_stream=final.is_stream,
        feature=names.features.get(final.feature_id or 0),
        ai_model=names.ai_models.get(final.ai_model_id or 0),
        said_model=said_model(final),
        source=source_words(final),
        verdict=verdict(attempts),
        total=total_of(attempts),
        tokens=_tokens(attempts),
        duration_ms=duration_ms(attempts),
        first_token_ms=first_token_ms(attempts),
    )


def _tokens(attempts: Iterable[UsageRecord]) -> int | None:
    known = [one for one in attempts if one.input_tokens is not None]
    if not known:
        return None
    return sum((one.input_tokens or 0) + (one.output_tokens or 0) for one in known)


def _once(
    shown: Sequence[tuple[uuid.UUID, datetime.datetime, uuid.UUID]],
) -> list[tuple[uuid.UUID, datetime.datetime, uuid.UUID]]:
    return list({one[0]: one for one in shown}.values())
