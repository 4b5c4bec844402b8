"""`GET /v1/models`: what can be asked for, features first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from modelhub.gateway.api.exchange import Exchange
from modelhub.gateway.api.identity import selection_of, token_of
from modelhub.gateway.api.parts import Desk
from modelhub.gateway.api.refusals import refused
from registry.resolution.entries import TokenEntry
from registry.resolution.plan import NotResolved
from registry.resolution.resolving import resolve
from registry.resolution.snapshot import Snapshot

Row = dict[str, Any]
UNKNOWN_TIME: Final = "1970-01-01T00:00:00Z"


async def list_models(desk: Desk, exchange: Exchange) -> None:
    token = await token_of(desk, exchange)
    named = list(_named(desk.running.snapshot, token))
    if is_anthropic(exchange):
        rows = [_anthropic_row(word, owner) for word, owner in named]
        await exchange.answer_json(
            {
                "data": rows,
                "has_more": False,
                "first_id": rows[0]["id"] if rows else None,
                "last_id": rows[-1]["id"] if rows else None,
            }
        )
        return
    rows = [_openai_row(word, owner) for word, owner in named]
    await exchange.answer_json({"object": "list", "data": rows})


async def show_model(desk: Desk, exchange: Exchange, word: str) -> None:
    """Whatever a request could name: also an alias or a bare id."""
    token = await token_of(desk, exchange)
    try:
        plan = resolve(
            desk.running.snapshot, token.organization_id, selection_of(word, token)
        )
    except NotResolved as error:
        raise refused(404, "model_not_found", error.message, "model") from error
    owner = plan.candidates[0].model.provider if plan.candidates else "modelhub"
    row = _anthropic_row if is_anthropic(exchange) else _openai_row
    await exchange.answer_json(row(word, "modelhub" if plan.feature else owner))


def is_anthropic(exchange: Exchange) -> bool:
    """Whether an Anthropic client asks: only those name a version."""
    return "anthropic-version" in exchange.headers


def _named(snapshot: Snapshot, token: TokenEntry) -> Iterator[tuple[str, str]]:
    for feature in snapshot.features_of(token.organization_id):
        is_answered = not feature.is_archived and feature.model_ids
        if is_answered and (not token.features or feature.key in token.features):
            yield f"feature:{feature.key}", "modelhub"
    if token.features:
        return
    for model in snapshot.enabled_models(token.organization_id):
        yield model.reference, model.provider


def _openai_row(word: str, owner: str) -> Row:
    return {"id": word, "object": "model", "created": 0, "owned_by": owner}


def _anthropic_row(word: str, owner: str) -> Row:
    return {
        "type": "model",
        "id": word,
        "display_name": word,
        "created_at": UNKNOWN_TIME,
    }
