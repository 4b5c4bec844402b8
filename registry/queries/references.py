"""From what a person or a program writes to the model that is meant."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q

from registry.models import AIModel, ModelAlias, Organization
from registry.models.ai_model import AIModelQuerySet

LONGEST_REFERENCE: Final = 300
SUGGESTIONS: Final = 3
ALIKE: Final = 0.75
"""Below it two references share little more than a provider."""


@dataclass(frozen=True)
class Resolution:
    """What `requested` means: a model, and the alias it was reached by, if any. An
    alias may be known without the exact version behind it."""

    ai_model: AIModel | None
    alias: ModelAlias | None
    requested: str


def resolve_reference(reference: str, organization: Organization | None) -> Resolution:
    """The model at `provider/model-id`: the organisation's own custom model first,
    then the catalogue's, then whatever an alias points to."""
    requested = reference.strip()
    if len(requested) > LONGEST_REFERENCE or "\x00" in requested:
        return Resolution(None, None, requested)
    models = (
        _visible(organization)
        .at_reference(requested)
        .select_related("provider")
        .order_by(F("organization").asc(nulls_last=True))
    )
    ai_model = models.first()
    if ai_model:
        return Resolution(ai_model, None, requested)
    provider_slug, _, name = requested.partition("/")
    alias = (
        ModelAlias.objects.filter(provider__slug=provider_slug, alias=name)
        .select_related("provider", "ai_model__provider")
        .first()
    )
    return Resolution(alias.ai_model if alias else None, alias, requested)


def resolve_references(
    references: Iterable[str], organization: Organization
) -> dict[str, AIModel]:
    """The same for many, by what was written; absent where nothing is meant. At most
    two queries."""
    wanted = {
        one: tuple(one.strip().partition("/")[::2])
        for one in references
        if len(one) <= LONGEST_REFERENCE and "\x00" not in one
    }
    if not wanted:
        return {}
    names = [name for _, name in wanted.values()]
    models = (
        _visible(organization)
        .filter(model_name__in=names)
        .select_related("provider")
        # The organisation's own come last, and win.
        .order_by(F("organization").asc(nulls_first=True))
    )
    known = {(one.provider.slug, one.model_name): one for one in models}
    if not set(wanted.values()) <= set(known):
        aliases = ModelAlias.objects.filter(
            alias__in=names, ai_model__isnull=False
        ).select_related("provider", "ai_model__provider")
        for alias in aliases:
            if alias.ai_model:
                known.setdefault((alias.provider.slug, alias.alias), alias.ai_model)
    return {one: known[pair] for one, pair in wanted.items() if pair in known}


def similar_references(
    reference: str, organization: Organization | None, limit: int = SUGGESTIONS
) -> list[str]:
    """Known references that look like `reference`, best first: for error messages."""
    wanted = reference.strip()[:LONGEST_REFERENCE].lower()
    models = _visible(organization).values_list("provider__slug", "model_name")
    aliases = ModelAlias.objects.values_list("provider__slug", "alias")
    known = {f"{slug}/{name}".lower(): f"{slug}/{name}" for slug, name in models}
    known |= {f"{slug}/{name}".lower(): f"{slug}/{name}" for slug, name in aliases}
    same_name = sorted(key for key in known if key.partition("/")[2] == wanted)
    close = difflib.get_close_matches(wanted, known, n=limit, cutoff=ALIKE)
    ranked = dict.fromkeys([*same_name, *close])
    return [known[key] for key in ranked][:limit]


def _visible(organization: Organization | None) -> AIModelQuerySet:
    return AIModel.objects.filter(Q(organization=None) | Q(organization=organization))
