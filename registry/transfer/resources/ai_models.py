from __future__ import annotations

from typing import Any

from django.utils import timezone

from registry.capabilities import CAPABILITIES, MODALITIES
from registry.facts import FACT_FIELDS, mark_edited
from registry.models import AIModel
from registry.transfer.cells import Day, Number, Text, Whole, Words, YesNo
from registry.transfer.formats import LineDataset
from registry.transfer.resources.base import Key, Related, StrictResource, column


class AIModelResource(StrictResource):
    """Facts of models. What a file states is that person's from then on: no sync
    overwrites it. Columns that are absent stay as they are."""

    noun = "model"
    key_columns = ("provider", "model_name", "organization")

    provider = column("provider", Related("provider"))
    model_name = column("model_name", Text())
    organization = column("organization", Related("organization"))
    name = column("name", Text())
    version = column("version", Text())
    family = column("family", Text())
    description = column("description", Text())
    model_type = column("model_type", Text())
    input_modalities = column("input_modalities", Words(MODALITIES))
    output_modalities = column("output_modalities", Words(MODALITIES))
    capabilities = column("capabilities", Words(CAPABILITIES))
    context_window = column("context_window", Whole())
    max_output_tokens = column("max_output_tokens", Whole())
    max_images = column("max_images", Whole())
    requests_per_minute = column("requests_per_minute", Whole())
    tokens_per_minute = column("tokens_per_minute", Whole())
    knowledge_cutoff = column("knowledge_cutoff", Text())
    released_on = column("released_on", Day())
    deprecated_on = column("deprecated_on", Day())
    retired_on = column("retired_on", Day())
    is_open_weights = column("is_open_weights", YesNo())
    parameter_count_billions = column("parameter_count_billions", Number())
    quantisation = column("quantisation", Text())
    min_memory_gb = column("min_memory_gb", Number())
    recommended_memory_gb = column("recommended_memory_gb", Number())

    class Meta:
        model = AIModel
        fields = ("provider", "model_name", "organization", *FACT_FIELDS)
        import_id_fields = ("provider", "model_name")
        clean_model_instances = True
        skip_diff = True
        store_instance = True
        use_transactions = True

    def load_existing(self, dataset: LineDataset) -> dict[Key, AIModel]:
        names = {name for name in dataset["model_name"] if isinstance(name, str)}
        rows = AIModel.objects.filter(model_name__in=names).select_related(
            "provider", "organization"
        )
        return {
            (
                row.provider.slug,
                row.model_name,
                row.organization and row.organization.slug,
            ): row
            for row in rows
        }

    def before_save_instance(
        self, instance: AIModel, row: dict[str, Any], **kwargs: Any
    ) -> None:
        mark_edited(
            instance,
            self.changed_fields(instance),
            by=self.actor.email if self.actor else "",
            on=timezone.now().date(),
        )
