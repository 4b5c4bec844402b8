"""Who keeps the arm of an experiment, as a request says it.

A user is named by the header `x-modelhub-user`, by OpenAI's `safety_identifier` or
`user`, or by Anthropic's `metadata.user_id`; a conversation by the header
`x-modelhub-conversation` or OpenAI's `prompt_cache_key`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from modelhub.gateway.relay.body import ClientBody

USER: Final = "x-modelhub-user"
CONVERSATION: Final = "x-modelhub-conversation"
USER_FIELDS: Final = ("safety_identifier", "user")
CONVERSATION_FIELD: Final = "prompt_cache_key"
METADATA: Final = "metadata"


class Units(NamedTuple):
    """Empty where nobody says."""

    user: str
    conversation: str


def units_of(headers: Mapping[str, str], body: ClientBody) -> Units:
    user = headers.get(USER, "").strip()
    for name in () if user else USER_FIELDS:
        user = user or _text(body, name)
    if not user and METADATA in body.fields:
        metadata = body.value(METADATA)
        found = metadata.get("user_id") if isinstance(metadata, dict) else None
        user = found if isinstance(found, str) else ""
    conversation = headers.get(CONVERSATION, "").strip()
    return Units(user, conversation or _text(body, CONVERSATION_FIELD))


def _text(body: ClientBody, name: str) -> str:
    """What is no text is the provider's to refuse."""
    value = body.value(name) if name in body.fields else None
    return value if isinstance(value, str) else ""
