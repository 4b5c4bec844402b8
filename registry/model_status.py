"""Whether an organisation can use a model now: one word and the reason. Pure."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from registry.models import ConnectionState
from registry.templatetags.display import day

USABLE_STATES: Final = frozenset({ConnectionState.CONNECTED, ConnectionState.UNCHECKED})
TONES: Final = {"active": "success", "available": "", "unavailable": "danger"}
WORDS: Final = tuple(TONES)
ENABLED: Final = "Enabled"


@dataclass(frozen=True)
class ModelStatus:
    """`word` is active (a usable connection offers it and features may use it),
    available (offered, not enabled), unavailable, or nothing: no connection knows it.
    `since` is when that was found out, `is_loaded` what a local server says."""

    word: str = ""
    since: datetime.datetime | None = None
    reason: str = ""
    is_loaded: bool | None = None
    is_enabled: bool = False

    @property
    def tone(self) -> str:
        return TONES.get(self.word, "")

    @property
    def label(self) -> str:
        """For a badge: the word, or "Enabled" where nothing else is known."""
        return self.word.capitalize() or (ENABLED if self.is_enabled else "")

    @property
    def is_away(self) -> bool:
        """Unavailable because of its connection, which may recover."""
        return self.word == "unavailable" and self.since is not None


NOT_KNOWN: Final = ModelStatus()


class Offer(NamedTuple):
    """What one connection says of a model, and how the connection is."""

    is_available: bool
    is_loaded: bool | None
    reason: str
    changed_at: datetime.datetime
    provider: str
    label: str
    is_enabled: bool
    state: str
    checked_at: datetime.datetime | None

    @property
    def is_usable(self) -> bool:
        return self.is_available and self.is_enabled and self.state in USABLE_STATES

    @property
    def since(self) -> datetime.datetime:
        """When it became as it is, as far as that is known."""
        if self.is_enabled and self.state not in USABLE_STATES and self.checked_at:
            return self.checked_at
        return self.changed_at


def best(offers: Iterable[Offer]) -> Offer | None:
    """The offer that counts: a usable one, else the first."""
    given = list(offers)
    return next((one for one in given if one.is_usable), given[0] if given else None)


def status_of(
    offer: Offer | None,
    *,
    is_enabled: bool,
    now: datetime.datetime,
    retired_on: datetime.date | None = None,
    is_listed: bool = True,
) -> ModelStatus:
    """The status of a model with the offer that counts. What is retired or has left
    the catalogue is unavailable, whatever a connection says."""
    if retired_on is not None and retired_on <= now.date():
        reason = f"Its provider retired it on {day(retired_on)}."
        return ModelStatus("unavailable", reason=reason, is_enabled=is_enabled)
    if not is_listed:
        reason = "It was not in the catalogue at the last sync."
        return ModelStatus("unavailable", reason=reason, is_enabled=is_enabled)
    if offer is None:
        return ModelStatus(is_enabled=is_enabled)
    word = word_of(offer, is_enabled)
    if offer.is_usable:
        reason = f"{offer.provider} offers it."
        loaded = offer.is_loaded
        return ModelStatus(word, offer.changed_at, reason, loaded, is_enabled)
    reason = reason_of(offer, now)
    return ModelStatus(word, offer.since, reason, None, is_enabled)


def word_of(offer: Offer, is_enabled: bool) -> str:
    """The word for a model that is still served."""
    if not offer.is_usable:
        return "unavailable"
    return "active" if is_enabled else "available"


def reason_of(offer: Offer, now: datetime.datetime) -> str:
    """Why an offer cannot be used: `OpenAI: key rejected at 08:12 UTC`."""
    if not offer.is_enabled:
        return f"{offer.provider}: the connection is switched off"
    if offer.state not in USABLE_STATES:
        words = ConnectionState(offer.state).label
        words = words[:1].lower() + words[1:]
        return f"{offer.provider}: {words}{_at(offer.checked_at, now)}"
    return offer.reason or f"{offer.provider} does not offer it."


def _at(moment: datetime.datetime | None, now: datetime.datetime) -> str:
    if moment is None:
        return ""
    moment = moment.astimezone(datetime.UTC)
    if moment.date() == now.date():
        return f" at {moment:%H:%M} UTC"
    return f" on {day(moment.date())}, {moment:%H:%M} UTC"
