"""What the calculator's form offers to choose from."""

from registry.models import AIModel, Feature, Organization, Provider

FOUND = 8


def active_features(organization: Organization) -> dict[str, Feature]:
    """The organisation's features by key, in order of name."""
    found = Feature.objects.filter(organization=organization, archived_at=None)
    return {feature.key: feature for feature in found}


def addable_models(organization: Organization, words: str) -> list[AIModel]:
    """The first listed models that match all `words`; none without a word."""
    typed = words.lower().split()
    if not typed:
        return []
    found = AIModel.objects.visible_to(organization).filter(is_listed=True)
    for word in typed:
        found = found.filter(search_text__contains=word)
    return list(found.select_related("provider")[:FOUND])


def catalogue_providers() -> list[Provider]:
    """All providers, for the filter of the cheapest models."""
    return list(Provider.objects.order_by("name"))
