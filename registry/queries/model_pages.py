"""Models by keyset: one page after another, however long the catalogue is."""

import base64
import binascii
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from registry.models import AIModel, Organization


@dataclass(frozen=True)
class Position:
    """Where a page ended: the sort key of its last model."""

    provider_slug: str
    model_name: str
    pk: int

    def as_cursor(self) -> str:
        text = f"{self.pk}\n{self.provider_slug}\n{self.model_name}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def from_cursor(cls, cursor: str) -> "Position":
        """Raises ValueError where `cursor` is none that this API gave out."""
        padded = cursor + "=" * (-len(cursor) % 4)
        try:
            text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
            pk, provider_slug, model_name = text.split("\n")
            position = cls(provider_slug, model_name, int(pk))
        except (binascii.Error, ValueError) as error:
            raise ValueError("That cursor was not given out by this API.") from error
        if "\x00" in text or not 0 < position.pk < 2**63:
            raise ValueError("That cursor was not given out by this API.")
        return position


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


def page_after(
    models: QuerySet[AIModel], position: Position | None, limit: int
) -> tuple[list[AIModel], Position | None]:
    """Up to `limit` models after `position`, and the position to go on from (None at
    the end)."""
    if position:
        slug, name = position.provider_slug, position.model_name
        models = models.filter(
            Q(provider__slug__gt=slug)
            | Q(provider__slug=slug, model_name__gt=name)
            | Q(provider__slug=slug, model_name=name, pk__gt=position.pk)
        )
    rows = list(models.order_by("provider__slug", "model_name", "pk")[: limit + 1])
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], Position(last.provider.slug, last.model_name, last.pk)
