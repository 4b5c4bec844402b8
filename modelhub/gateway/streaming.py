"""A stream on its way through the chain: opened candidate by candidate until one
speaks, then handed on piece by piece, and mended after a cut where its guarantee says
so.

The guarantees (law 8): `first-token` sends nothing before the first content, so that
fallback stays possible until then. `continue` lets another candidate go on after a
cut. `whole` sends nothing until the answer is complete.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from modelhub.gateway.attempting import Attempting
from modelhub.gateway.call import Result
from modelhub.gateway.hedging import first_to_speak
from modelhub.gateway.pieces import Answer, Piece
from modelhub.gateway.prefill import refuses_prefill
from modelhub.gateway.run import Run
from registry.providers.errors import (
    InvalidRequestError,
    ModelCallError,
    TruncatedStreamError,
)
from registry.resolution.plan import Skipped

GUARANTEES: Final = ("first-token", "continue", "whole")
USUAL, CONTINUE, WHOLE = GUARANTEES


@dataclass(slots=True)
class OpenStream:
    """A candidate that has spoken: the pieces up to its first content, and the rest
    still to come."""

    attempting: Attempting
    pieces: list[Piece]
    rest: AsyncGenerator[Piece, None]

    @property
    def is_complete(self) -> bool:
        return bool(self.pieces) and self.pieces[-1].is_last


@dataclass(slots=True)
class StreamRun:
    """Iterate over it for the pieces; close it (`aclose`) when the client leaves. Once
    the first piece is there, `run.attempts` and `answering` tell who speaks; after the
    last one `result` is set. Raises GatewayError before the first piece, and
    ModelCallError after it, where the stream cannot be mended."""

    run: Run
    guarantee: str
    hedge_after_s: float | None = None
    answering: Attempting | None = None
    result: Result | None = None
    sent_texts: list[str] = field(default_factory=list)
    has_sent: bool = False
    has_sent_tool_call: bool = False

    async def pieces(self) -> AsyncGenerator[Piece, None]:
        while True:
            opened = await self._open()
            self.answering = opened.attempting
            try:
                async with aclosing(self._answer_of(opened)) as pieces:
                    async for piece in pieces:
                        self._note_sent(piece)
                        yield piece
                return
            except ModelCallError as error:
                self.run.note_failure(opened.attempting, error)
                await self._mend(error)
            finally:
                await opened.rest.aclose()
                # The client left, or the task was cancelled, in mid-stream.
                if opened.attempting.finished is None:
                    self.run.attempts.append(opened.attempting.cancelled())

    async def _open(self) -> OpenStream:
        """The first candidate that speaks. Raises GatewayError, or, after something
        was sent already, the error that cut it."""
        while True:
            attempting = await self._next_admitted()
            try:
                if self.hedge_after_s is not None and not self.has_sent:
                    return await first_to_speak(
                        self.run, attempting, self.hedge_after_s, self.open_one
                    )
                return await self.open_one(attempting)
            except ModelCallError as error:
                if self.has_sent and isinstance(error, InvalidRequestError):
                    # It does not go on with a begun answer; the cut is what counts.
                    self._go_on_elsewhere()
                    continue
                await self._recover(error)

    async def _next_admitted(self) -> Attempting:
        if self.has_sent and self.run.chain.current is None:
            raise self._cut()
        return await self.run.next_admitted()

    async def open_one(self, attempting: Attempting) -> OpenStream:
        """Read one candidate's stream up to its first content. Raises ModelCallError
        after the attempt was recorded."""
        run = self.run
        candidate = attempting.candidate
        way = run.ways.way_for(candidate)
        rest = _as_generator(way.stream(candidate, run.timeouts(candidate)))
        opened = OpenStream(attempting, [], rest)
        try:
            async for piece in rest:
                note_facts(attempting, piece)
                opened.pieces.append(piece)
                if piece.has_content or piece.is_last:
                    return opened
            raise _ended_early(attempting)
        except ModelCallError as error:
            await rest.aclose()
            run.note_failure(attempting, error)
            raise
        except BaseException as error:
            await rest.aclose()
            run.note_end(attempting, error)
            raise

    async def _answer_of(self, opened: OpenStream) -> AsyncGenerator[Piece, None]:
        if self.guarantee == WHOLE:
            async for piece in opened.rest:
                note_facts(opened.attempting, piece)
                opened.pieces.append(piece)
            self._complete(opened.attempting)
            for piece in opened.pieces:
                yield piece
            return
        for piece in opened.pieces:
            if piece.is_last:
                self._complete(opened.attempting)
            yield piece
        async for piece in opened.rest:
            note_facts(opened.attempting, piece)
            if piece.is_last:
                # Before the client can have it: a killed process loses no record.
                self._complete(opened.attempting)
            yield piece
        self._complete(opened.attempting)

    def _complete(self, attempting: Attempting) -> None:
        if attempting.finished is not None:
            return
        if attempting.finish_reason is None:
            raise _ended_early(attempting)
        self.run.attempts.append(attempting.succeeded())
        answer = Answer(
            payload=b"",
            usage=attempting.usage,
            finish_reason=attempting.finish_reason,
            model_name=attempting.model_name,
            provider_request_id=attempting.provider_request_id,
            trace=attempting.notes,
        )
        self.result = self.run.result(answer)

    def _note_sent(self, piece: Piece) -> None:
        if piece.has_content:
            self.has_sent = True
            self.sent_texts.append(piece.text)
            self.has_sent_tool_call |= piece.has_tool_call

    async def _mend(self, error: ModelCallError) -> None:
        """After a cut: make everything ready for the next candidate, or raise."""
        if not self.has_sent:
            await self._recover(error)
            return
        if self.guarantee != CONTINUE or self.has_sent_tool_call:
            raise error
        self._go_on_elsewhere()

    async def _recover(self, error: ModelCallError) -> None:
        if self.has_sent:
            self._go_on_elsewhere()
            return
        await self.run.recover(error)

    def _go_on_elsewhere(self) -> None:
        """The next candidate that takes a begun answer, with what was sent so far.
        Raises the error that cut the stream where there is none."""
        run = self.run
        run.chain.move_on()
        while (candidate := run.chain.current) and refuses_prefill(candidate):
            reason = "does not go on with an answer that another model began"
            run.skipped.append(Skipped(candidate.model.reference, "no_prefill", reason))
            run.chain.move_on()
        if run.chain.current is None or run.deadline.is_over:
            raise self._cut()
        run.ways = run.first_ways.continued("".join(self.sent_texts))

    def _cut(self) -> ModelCallError:
        """The error that cut the answer: the newest of an attempt that had spoken."""
        cuts = [one.error for one in self.run.attempts if one.error and one.ttft_ms]
        return cuts[-1] if cuts else TruncatedStreamError("The stream was cut.")


def note_facts(attempting: Attempting, piece: Piece) -> None:
    if piece.has_content:
        attempting.spoke()
    attempting.take(piece)


def _ended_early(attempting: Attempting) -> TruncatedStreamError:
    return TruncatedStreamError(
        "The stream ended before the answer did.",
        provider=attempting.candidate.model.provider,
        code="cut",
        usage=attempting.usage,
    )


async def _as_generator(pieces: AsyncIterator[Piece]) -> AsyncGenerator[Piece, None]:
    """`pieces` with an `aclose`, whatever kind of iterator a way returns."""
    try:
        async for piece in pieces:
            yield piece
    finally:
        close = getattr(pieces, "aclose", None)
        if close is not None:
            await close()
