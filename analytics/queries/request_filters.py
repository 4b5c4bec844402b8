"""What the request log can be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import (
    AIModel,
    ApiToken,
    Connection,
    Feature,
    Organization,
    Pack,
)


@dataclass(frozen=True)
class FilterChoices:
    features: list[Feature]
    models: list[str]
    connections: list[Connection]
    tokens: list[ApiToken]
    packs: list[Pack]


def filter_choices(organization: Organization) -> FilterChoices:
    """From the configuration, not from the rows: those are too many to look through.
    Models are the enabled ones; an address can name any other."""
    enabled = AIModel.objects.filter(
        settings__organization=organization, settings__is_enabled=True
    ).select_related("provider")
    return FilterChoices(
        features=list(Feature.objects.filter(organization=organization)),
        models=sorted(model.reference for model in enabled),
        connections=list(
            Connection.objects.filter(organization=organization).select_related(
                "provider"
            )
        ),
        tokens=list(ApiToken.objects.filter(organization=organization)),
        packs=list(Pack.objects.filter(organization=organization)),
    )
