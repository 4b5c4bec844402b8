"""Management API: the model that a reference means, or a 404 that helps."""

from ninja.errors import HttpError

from registry.models import AIModel, Organization
from registry.queries.references import (
    Resolution,
    resolve_reference,
    similar_references,
)


def named_model(
    reference: str, organization: Organization
) -> tuple[Resolution, AIModel]:
    """The model that `reference` means to `organization`, by itself or as an alias.

    Raises HttpError 404, with references that look alike where there are some.
    """
    resolution = resolve_reference(reference, organization)
    if resolution.ai_model:
        return resolution, resolution.ai_model
    if resolution.alias:
        raise HttpError(
            404, f"{reference} is a moving name, and no exact version is known for it."
        )
    near = " or ".join(similar_references(reference, organization))
    hint = f" Did you mean {near}?" if near else ""
    raise HttpError(404, f"No model {reference[:200]} is known here.{hint}")
