"""Which models a list of the management API is about."""

from django.db.models import QuerySet

from registry.models import AIModel, Organization


def matching_models(
    organization: Organization, *, words: str = "", provider: str = "", capability: str
) -> QuerySet[AIModel]:
    """Listed models that `organization` sees and that match all that is given."""
    found = AIModel.objects.visible_to(organization).filter(is_listed=True)
    for word in words.lower().split():
        found = found.filter(search_text__contains=word)
    if provider:
        found = found.filter(provider__slug=provider)
    if capability:
        found = found.filter(capabilities__contains=[capability])
    return found.select_related("provider")
