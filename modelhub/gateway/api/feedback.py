"""`POST /v1/feedback`: what the product says of an answer."""

from __future__ import annotations

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import msgspec
from django.core.exceptions import ValidationError
from django.db import connection

from analytics.services.feedback import SCORE, UnknownRequest, record_feedback
from modelhub.gateway.api.exchange import Exchange
from modelhub.gateway.api.identity import token_of
from modelhub.gateway.api.parts import Desk
from modelhub.gateway.api.refusals import refused
from registry.models import ApiToken, Organization
from registry.models.api_token import TokenScope
from registry.resolution.entries import TokenEntry
from registry.resolution.token_check import TokenRefused


class FeedbackBody(msgspec.Struct, forbid_unknown_fields=True):
    """`request_id` is that of the header `x-modelhub-request-id`."""

    request_id: uuid.UUID
    score: float | None = None
    comment: str = ""
    name: str = SCORE
    tags: dict[str, str] = {}


@cache
def decoder() -> msgspec.json.Decoder[FeedbackBody]:
    return msgspec.json.Decoder(FeedbackBody)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(2, "feedback")


async def give_feedback(desk: Desk, exchange: Exchange) -> None:
    token = await token_of(desk, exchange, TokenScope.FEEDBACK)
    text = await exchange.body()
    try:
        body = decoder().decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise refused(400, "invalid_body", f"This is no feedback: {error}") from error
    loop = asyncio.get_running_loop()
    try:
        await loop.run_in_executor(_threads(), _record, token, body)
    except UnknownRequest as error:
        raise refused(404, "request_not_found", str(error), "request_id") from error
    except TokenRefused as error:
        raise refused(403, "feature", error.message, "request_id") from error
    except ValidationError as error:
        said = " ".join(error.messages)
        raise refused(400, "invalid_feedback", said) from error
    document = {"object": "feedback", "request_id": body.request_id, "name": body.name}
    await exchange.answer_json(document)


def _record(token: TokenEntry, body: FeedbackBody) -> None:
    try:
        record_feedback(
            organization=Organization.objects.get(pk=token.organization_id),
            request_id=body.request_id,
            score=body.score,
            comment=body.comment,
            tags=body.tags,
            name=body.name,
            token=ApiToken.objects.filter(pk=token.id).first(),
        )
    finally:
        connection.close()
