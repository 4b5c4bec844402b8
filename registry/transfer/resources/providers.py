from __future__ import annotations

from typing import Any

from django.utils import timezone

from registry.facts import EDITED
from registry.models import Provider
from registry.transfer.cells import Text
from registry.transfer.formats import LineDataset
from registry.transfer.resources.base import Key, StrictResource, column


class ProviderResource(StrictResource):
    noun = "provider"
    key_columns = ("slug",)

    slug = column("slug", Text())
    name = column("name", Text())
    pricing_url = column("pricing_url", Text())
    documentation_url = column("documentation_url", Text())

    class Meta:
        model = Provider
        fields = ("slug", "name", "pricing_url", "documentation_url")
        import_id_fields = ("slug",)
        clean_model_instances = True
        skip_diff = True
        store_instance = True
        use_transactions = True

    def load_existing(self, dataset: LineDataset) -> dict[Key, Provider]:
        return {(row.slug,): row for row in Provider.objects.all()}

    def before_save_instance(
        self, instance: Provider, row: dict[str, Any], **kwargs: Any
    ) -> None:
        """No sync overwrites what a person stated."""
        instance.source, instance.read_on = EDITED, timezone.now().date()
