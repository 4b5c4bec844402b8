"""What the pages of packs name and offer to choose from."""

from registry.models import Feature, Organization, PromptLabel, PromptVersion

SHOWN = 500


def prompt_choices(organization: Organization) -> list[str]:
    """Prompts as a pack names them: NAME@label first, then NAME@7, newest first."""
    labels = PromptLabel.objects.filter(
        prompt__organization=organization, prompt__archived_at=None
    ).order_by("prompt__name", "name")
    versions = PromptVersion.objects.filter(
        prompt__organization=organization, prompt__archived_at=None
    ).order_by("prompt__name", "-number")
    by_label = labels.values_list("prompt__name", "name")[:SHOWN]
    by_number = versions.values_list("prompt__name", "number")[:SHOWN]
    return [
        *(f"{name}@{label}" for name, label in by_label),
        *(f"{name}@{number}" for name, number in by_number),
    ]


def feature_names(organization: Organization) -> dict[str, str]:
    """Names of the features in use, by key."""
    return dict(
        Feature.objects.filter(organization=organization, archived_at=None)
        .order_by("key")
        .values_list("key", "name")
    )
