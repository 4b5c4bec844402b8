"""The feature an address names, or 404; and the way back to it with an Undo."""

import re

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from registry.access import OrganizationRequest
from registry.models import Feature
from registry.models.feature import KEY_PATTERN
from registry.queries.features import FeatureRow, feature_rows, features_of
from registry.services.assignments import Outcome


def feature_or_404(request: OrganizationRequest, key: str) -> Feature:
    """The organisation's feature, archived or not."""
    feature = None
    # What cannot be a key is not asked for: the database refuses NUL in a text.
    if re.match(KEY_PATTERN, key):
        feature = (
            Feature.objects.filter(organization=request.organization, key=key)
            .select_related("organization")
            .first()
        )
    if feature is None:
        raise Http404(f"There is no feature “{key[:80]}” in this organisation.")
    return feature


def row_or_404(request: OrganizationRequest, key: str) -> FeatureRow:
    """The feature with its assignment and candidates."""
    feature = feature_or_404(request, key)
    found = features_of(
        request.organization, archived=feature.archived_at is not None
    ).filter(pk=feature.pk)
    return feature_rows(found, request.organization, timezone.now())[0]


def undo_url(feature: Feature, outcome: Outcome) -> str:
    """Where a POST takes `outcome` back, unless someone changed it since."""
    return reverse(
        "registry:assignment_undo",
        args=[feature.key, outcome.number - 1, outcome.number],
    )


def say_outcome(
    request: OrganizationRequest, feature: Feature, outcome: Outcome, text: str
) -> None:
    """A toast with Undo, or one that says that there was nothing to change."""
    if outcome.is_new:
        messages.success(request, text, extra_tags=undo_url(feature, outcome))
    else:
        messages.info(request, f"Nothing to change: {feature.name} already says this.")
