"""Models by words of a name, for a choice of one."""

from __future__ import annotations

from typing import Final

from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Length

from registry.models import AIModel, Organization

SHOWN: Final = 12


def models_like(organization: Organization, words: str) -> list[AIModel]:
    """Models whose reference or name has each of the words, the shortest first."""
    found = AIModel.objects.visible_to(organization).annotate(
        said=Concat(F("provider__slug"), Value("/"), F("model_name"))
    )
    wanted = words.replace("\x00", "").split()[:8]
    if not wanted:
        return []
    for word in wanted:
        found = found.filter(Q(said__icontains=word) | Q(name__icontains=word))
    return list(
        found.select_related("provider").order_by(Length("said"), "said")[:SHOWN]
    )
