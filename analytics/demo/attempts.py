"""What became of a request: its attempts as rows of usage. Pure."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analytics.costing import cost_of_call
from analytics.demo.drafts import Draft
from analytics.demo.failing import (
    MOST_ATTEMPTS,
    Fault,
    fault_of,
    is_breaker_open,
    is_cancelled,
    is_truncated,
)
from analytics.demo.features import Part, Way
from analytics.demo.trials import Arm
from analytics.demo.world import Era, Route, World
from analytics.usage_row import Outcome, Source, UsageRow
from registry.usage import Usage

STREAM, PLACE = 4, 5
"""Which number of a draft's luck decides."""
SPEEDS: Final = {
    Part.SMALL: (280, 150),
    Part.LARGE: (820, 78),
    Part.CODE: (1_150, 62),
    Part.VISION: (520, 125),
    Part.THINKER: (950, 88),
}
"""Milliseconds until the first token, and tokens a second after it."""
NEWER: Final = 0.87
"""How long the models of the second pack take, of what those of the first took."""
INCIDENT_SLOWNESS: Final = 3.2
BACKOFF: Final = datetime.timedelta(milliseconds=400)
LONG_ENDS: Final = 0.985
WRITES_CACHE: Final = "anthropic"
"""The provider that bills for what it keeps."""
UNKNOWN_MODEL: Final = "acme-labs/minutes-7b"
UNKNOWN_SHARE: Final = 0.06
"""Of what a service of its own reports, calls of a model that no catalogue knows."""
UNKNOWN_FROM: Final = 0.3


def attempts(draft: Draft, world: World) -> list[UsageRow]:
    """The rows of one request, in order. One of them has `answered`, unless everything
    failed, was cut or was given up."""
    source = source_of(draft, world)
    era = world.era_at(draft.at)
    if source is not Source.GATEWAY:
        return [_told(draft, world, era, source)]
    return list(_tried(draft, world, era))


def source_of(draft: Draft, world: World) -> Source:
    way = draft.feature.way
    if way is Way.OTLP:
        return Source.OTLP
    if way is Way.IMPORT_FIRST and draft.at < world.story.imported_until:
        return Source.IMPORT
    return Source.GATEWAY


@dataclass(frozen=True)
class _Try:
    """One attempt while it is told."""

    draft: Draft
    world: World
    era: Era
    route: Route
    number: int
    at: datetime.datetime
    trace: tuple[str, ...] = ()
    arm: Arm | None = None

    @property
    def is_stream(self) -> bool:
        return self.draft.luck[STREAM] < self.draft.feature.streams

    def failed(self, fault: Fault) -> UsageRow:
        return self._row(
            cost=fault.cost,
            outcome=Outcome.ERROR,
            latency_ms=fault.latency_ms * self.draft.slowness,
            error_kind=fault.kind,
            error_code=fault.code,
            error_message=fault.message,
            status_code=fault.status_code,
        )

    def ended(self) -> UsageRow:
        """Answered; or cut or left in the middle of a stream."""
        outcome = Outcome.OK
        if self.is_stream and is_truncated(self.draft):
            outcome = Outcome.TRUNCATED
        elif self.is_stream and is_cancelled(self.draft):
            outcome = Outcome.CANCELLED
        is_whole = outcome is Outcome.OK
        usage = usage_of(self.draft, self.route, 1 if is_whole else 0.4)
        price = self.world.price_at(self.route.ai_model_id, self.at)
        cost, price_id = cost_of_call(usage, price, self.at, is_estimated=not is_whole)
        ttft_ms, latency_ms = self._times(usage)
        return self._row(
            cost=cost,
            price_id=price_id,
            outcome=outcome,
            usage=usage,
            ttft_ms=ttft_ms if self.is_stream else None,
            latency_ms=latency_ms,
            finish_reason=self._end_word() if is_whole else "",
            answered=is_whole,
            error_kind="truncated" if outcome is Outcome.TRUNCATED else "",
            error_message="The stream broke off."
            if outcome is Outcome.TRUNCATED
            else "",
        )

    def _end_word(self) -> str:
        if self.draft.luck[3] > LONG_ENDS:
            return "length"
        return "tool_calls" if self.draft.feature.calls_tools else "stop"

    def _times(self, usage: Usage) -> tuple[float, float]:
        first_ms, tokens_per_second = SPEEDS[self.route.part]
        slowness = self.draft.slowness
        if self.at >= self.world.story.switched_at:
            slowness *= NEWER
        if is_incident(self.world, self.route, self.at):
            slowness *= INCIDENT_SLOWNESS
        # Reading takes its time too, but for what is cached.
        read = int(usage.input_tokens - usage.cache_read_tokens) / 40
        ttft_ms = (first_ms + read) * slowness
        writing = int(usage.output_tokens) / tokens_per_second * 1000 * slowness**0.5
        return ttft_ms, ttft_ms + writing

    def _row(self, **facts: object) -> UsageRow:
        draft, world, key = self.draft, self.world, self.draft.feature.key
        return UsageRow(
            id=attempt_id(draft.request_id, self.number),
            request_id=draft.request_id,
            attempt=self.number,
            started_at=self.at,
            organization_id=world.organization_id,
            ai_model_id=self.route.ai_model_id,
            connection_id=self.route.connection_id,
            feature_id=world.feature_ids[key],
            token_id=world.token_ids[int(draft.luck[PLACE] * len(world.token_ids))],
            pack_version_id=self.era.pack_version_id,
            prompt_version_id=self.era.prompt_version_ids.get(key),
            assignment_revision=self.era.revisions[key],
            is_stream=self.is_stream,
            trace=self.trace,
            tags=tags_of(draft),
            arm_id=self.arm.arm_id if self.arm else None,
            unit_hash=self.arm.unit_hash if self.arm else None,
            **facts,  # type: ignore[arg-type]  # named by the callers above
        )


def _tried(draft: Draft, world: World, era: Era) -> Iterator[UsageRow]:
    routes = era.routes[draft.feature.key]
    trace: tuple[str, ...] = ()
    arm = world.arm_of(draft)
    if arm is not None:
        trace = (arm.trace,)
        routes = _with_arm(routes, arm)
    first = routes[0]
    if is_incident(world, first, draft.at) and is_breaker_open(draft):
        skipped = f"{first.reference} was skipped: it failed too often of late."
        routes, trace = routes[1:], (*trace, skipped)
    at, place = draft.at, 0
    for number in range(1, MOST_ATTEMPTS + 1):
        route = routes[place]
        one = _Try(draft, world, era, route, number, at, trace, arm)
        fault = fault_of(draft, number, is_failing=is_incident(world, route, at))
        if fault is None:
            yield one.ended()
            return
        row = one.failed(fault)
        yield row
        if fault.is_final:
            return
        at += datetime.timedelta(milliseconds=int(row.latency_ms or 0)) + BACKOFF
        # Too busy: once more at the same; otherwise the next in line.
        is_next = not fault.is_busy or number > 1
        place = min(place + is_next, len(routes) - 1)


def _with_arm(routes: tuple[Route, ...], arm: Arm) -> tuple[Route, ...]:
    """The arm's model goes first, and only once."""
    first = arm.route
    if first is None:
        return routes
    others = (one for one in routes if one.ai_model_id != first.ai_model_id)
    return (first, *others)


def _told(draft: Draft, world: World, era: Era, source: Source) -> UsageRow:
    """A call that somebody else made and told of: it knows no token and no pack."""
    route = era.routes[draft.feature.key][0]
    one = _Try(draft, world, era, route, 1, draft.at)
    row = one.ended()
    facts = {
        name: getattr(row, name)
        for name in row.__struct_fields__
        if name not in {"token_id", "pack_version_id", "prompt_version_id"}
    }
    facts |= {"source": source, "connection_id": None, "assignment_revision": None}
    if _is_unknown(draft, world, source):
        cost, _ = cost_of_call(row.usage, None, row.started_at)
        facts |= {"ai_model_id": None, "model_name": UNKNOWN_MODEL}
        facts |= {"cost": cost, "price_id": None}
    return UsageRow(**facts)


def _is_unknown(draft: Draft, world: World, source: Source) -> bool:
    story = world.story
    begin = story.starts_at + (story.ends_at - story.starts_at) * UNKNOWN_FROM
    is_time = source is Source.OTLP and draft.at >= begin
    return is_time and draft.luck[PLACE] < UNKNOWN_SHARE


def is_incident(world: World, route: Route, at: datetime.datetime) -> bool:
    story = world.story
    is_time = story.incident_from <= at < story.incident_until
    return is_time and route.provider == world.failing_provider


def usage_of(draft: Draft, route: Route, written: float) -> Usage:
    """`written` is the share of the answer that came before the end of the stream."""
    output = max(1, int(draft.output_tokens * written))
    is_written = not draft.is_hit and route.provider == WRITES_CACHE
    return Usage(
        input_tokens=draft.input_tokens,
        output_tokens=output,
        cache_read_tokens=draft.cached_tokens if draft.is_hit else 0,
        cache_write_tokens=draft.cached_tokens if is_written else 0,
        reasoning_tokens=min(draft.thinking_tokens, output),
        is_batch=draft.feature.is_batch,
    )


def tags_of(draft: Draft) -> dict[str, str]:
    return {
        "customer": draft.customer,
        "environment": draft.environment,
        "team": draft.feature.team,
    }


def attempt_id(request_id: uuid.UUID, number: int) -> uuid.UUID:
    """Another one for each attempt, and always the same."""
    return uuid.UUID(int=request_id.int ^ number)
