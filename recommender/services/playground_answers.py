"""Writes the answers of the playground as they end. One asker an answer: whoever turns
WAITING into ASKING."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from recommender.models import AnswerState, PlaygroundAnswer, PlaygroundImage
from recommender.playground_request import Attached, request_of
from recommender.services.playground_runs import inputs_of
from registry.models import Organization, User
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse

LONGEST_ERROR = 2_000
TOKEN_KINDS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)


def own_answer(
    organization: Organization, person: User, answer_id: uuid.UUID
) -> PlaygroundAnswer | None:
    """The answer of a run that `person` started."""
    return (
        PlaygroundAnswer.objects.filter(
            pk=answer_id, run__organization=organization, run__created_by=person
        )
        .select_related("run__organization", "run__feature", "ai_model__provider")
        .first()
    )


def claim_answer(answer: PlaygroundAnswer) -> bool:
    """Whether the caller is the one who asks. Two windows ask once."""
    waiting = PlaygroundAnswer.objects.filter(pk=answer.pk, state=AnswerState.WAITING)
    return bool(waiting.update(state=AnswerState.ASKING, asked_at=timezone.now()))


def request_for(answer: PlaygroundAnswer) -> ModelRequest:
    """Raises TemplateError and InvalidRequestError."""
    run = answer.run
    return request_of(
        inputs_of(run), attached_images(run.organization, run.image_digests)
    )


def attached_images(
    organization: Organization, digests: Sequence[str]
) -> list[Attached]:
    """In the order of `digests`."""
    rows = PlaygroundImage.objects.filter(organization=organization, digest__in=digests)
    by_digest = {
        one.digest: Attached(
            one.name, one.media_type, bytes(one.data), one.width_px, one.height_px
        )
        for one in rows
    }
    return [by_digest[one] for one in digests if one in by_digest]


def finish_answer(answer: PlaygroundAnswer, response: ModelResponse, text: str) -> None:
    """A whole answer with its figures."""
    usage, cost = response.usage, response.cost
    answer.text = response.content or text
    answer.ttft_ms, answer.latency_ms = response.ttft_ms, response.latency_ms
    if usage is not None:
        for kind in TOKEN_KINDS:
            setattr(answer, kind, int(getattr(usage, kind)))
    if cost is not None:
        answer.cost_usd, answer.cost_state = cost.total_usd, str(cost.state)
    answer.finish_reason = str(response.finish_reason)
    answer.request_id = uuid.UUID(response.request_id) if response.request_id else None
    answer.trace = list(response.trace)
    _end(answer, AnswerState.DONE)


def fail_answer(
    answer: PlaygroundAnswer, message: str, trace: Sequence[str] = (), text: str = ""
) -> None:
    """Nobody answered, or the answer was cut after `text`."""
    answer.text = text
    answer.error = message[:LONGEST_ERROR]
    answer.trace = [line[:LONGEST_ERROR] for line in trace]
    _end(answer, AnswerState.FAILED)


def stop_answer(answer: PlaygroundAnswer, text: str) -> None:
    """The person stopped it or left; what was written until then is kept."""
    answer.text = text
    _end(answer, AnswerState.STOPPED)


@transaction.atomic
def _end(answer: PlaygroundAnswer, state: AnswerState) -> None:
    # NUL cannot be stored in PostgreSQL, and a model may write anything.
    answer.text = answer.text.replace("\x00", "")
    answer.error = answer.error.replace("\x00", "")
    answer.state = state
    answer.finished_at = timezone.now()
    kept = [
        one.name
        for one in PlaygroundAnswer._meta.concrete_fields
        if not one.primary_key and one.name not in ("run", "rating", "note", "ai_model")
    ]
    answer.save(update_fields=kept)
