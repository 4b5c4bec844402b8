"""The models that can be tried, each with whether it can be called now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from registry.models import AIModel, Organization
from registry.queries.candidates import enabled_models
from registry.queries.model_status import statuses

FOUND = 12


@dataclass(frozen=True)
class Choice:
    """`reason` is why it cannot be called; empty where it can."""

    ai_model: AIModel
    reason: str = ""


def model_choices(organization: Organization, words: str = "") -> list[Choice]:
    """Enabled models that write text and match all `words`, those that can be called
    first."""
    found = enabled_models(organization)
    for word in words.replace("\x00", "").lower().split():
        found = found.filter(search_text__contains=word)
    models = [one for one in found if _writes_text(one)]
    known = statuses(organization, models, timezone.now())
    made = [
        Choice(
            one,
            ""
            if known[one.pk].word == "active"
            else known[one.pk].reason or "no connection offers it",
        )
        for one in models
    ]
    return sorted(made, key=lambda one: (bool(one.reason), one.ai_model.reference))


def addable(
    organization: Organization, words: str, without: Collection[str]
) -> list[Choice]:
    """At most `FOUND` models to add to those in `without`."""
    found = model_choices(organization, words)
    return [one for one in found if one.ai_model.reference not in without][:FOUND]


def _writes_text(ai_model: AIModel) -> bool:
    return not ai_model.capabilities or "text_generation" in ai_model.capabilities
