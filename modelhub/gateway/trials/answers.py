"""One column of the playground: the answer as lines of JSON while it is written, and
kept as it ends, also where the person stops it or leaves."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from modelhub.gateway.trials.asking import Event, Failed, Piece, Trial, ask
from recommender.models import PlaygroundAnswer
from recommender.queries.playground import column_of
from recommender.services.playground_answers import (
    claim_answer,
    fail_answer,
    finish_answer,
    own_answer,
    request_for,
    stop_answer,
)
from registry.access import OrganizationRequest, analyst_required
from registry.prompts.template import TemplateError
from registry.providers.errors import InvalidRequestError

LINES = "application/x-ndjson"
COLUMN = "recommender/_playground_column.html"

P = ParamSpec("P")
T = TypeVar("T")


@require_POST
@analyst_required
def answer_run(request: OrganizationRequest, answer_id: uuid.UUID) -> Any:
    """Ask for an answer that waits. What streams is no HttpResponse."""
    answer = own_answer(request.organization, request.user, answer_id)
    if answer is None:
        raise Http404
    lines = _lines(Writing(answer, get_token(request)))
    response = StreamingHttpResponse(lines, content_type=LINES)
    # Nothing in between may wait for the end of the answer.
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


@dataclass
class Writing:
    """An answer that is being written. Exactly one of the ends is kept."""

    answer: PlaygroundAnswer
    csrf_token: str
    texts: list[str] = field(default_factory=list)
    has_ended: bool = False

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def trial(self) -> Trial:
        """Raises TemplateError and InvalidRequestError."""
        return Trial(
            organization=self.answer.run.organization.slug,
            selection=self.answer.reference,
            request=request_for(self.answer),
        )

    def end(self, event: Event) -> None:
        self.has_ended = True
        if isinstance(event, Failed):
            fail_answer(self.answer, event.message, event.trace, self.text)
        elif not isinstance(event, Piece):
            finish_answer(self.answer, event, self.text)

    def stop(self) -> None:
        self.has_ended = True
        stop_answer(self.answer, self.text)

    def column(self) -> bytes:
        """The column as it is now; whether names are shown may have changed."""
        answer = PlaygroundAnswer.objects.select_related(
            "run__organization", "ai_model__provider"
        ).get(pk=self.answer.pk)
        context = {"column": column_of(answer), "csrf_token": self.csrf_token}
        return _line({"end": render_to_string(COLUMN, context)})


async def _lines(writing: Writing) -> AsyncIterator[bytes]:
    if await _in_thread(claim_answer, writing.answer):
        try:
            async for piece in _pieces(writing):
                yield _line({"text": piece.text})
        finally:
            if not writing.has_ended:
                # The person left: that must not take the writing down too.
                await asyncio.shield(_in_thread(writing.stop))
    yield await _in_thread(writing.column)


async def _pieces(writing: Writing) -> AsyncIterator[Piece]:
    try:
        trial = await _in_thread(writing.trial)
    except (TemplateError, InvalidRequestError) as error:
        await _in_thread(writing.end, Failed(str(error)))
        return
    async with aclosing(ask(trial)) as events:
        async for event in events:
            if isinstance(event, Piece):
                writing.texts.append(event.text)
                yield event
            else:
                await _in_thread(writing.end, event)


async def _in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """In a thread that belongs to no request: columns do not wait for one another,
    and one that was left can still be kept."""

    def done() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return await sync_to_async(done, thread_sensitive=False)()


def _line(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"
