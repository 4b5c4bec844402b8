from __future__ import annotations

from typing import Any

from registry.capabilities import CAPABILITIES
from registry.models import Feature
from registry.services.features import EDITABLE, create_feature, edit_feature
from registry.transfer.cells import Text, Whole, Words
from registry.transfer.formats import LineDataset
from registry.transfer.resources.base import Key, Related, StrictResource, column


class FeatureResource(StrictResource):
    """Features without their assignments. Rows are written by the services of the
    app, so that a form somebody has open there is stale afterwards."""

    noun = "feature"
    key_columns = ("organization", "key")
    optional_key_columns = ()

    organization = column("organization", Related("organization"))
    key_column = column("key", Text())
    name = column("name", Text())
    description = column("description", Text())
    required_capabilities = column("required_capabilities", Words(CAPABILITIES))
    min_context_tokens = column("min_context_tokens", Whole())
    accuracy_level = column("accuracy_level", Text())
    urgency = column("urgency", Text())
    budget_sensitivity = column("budget_sensitivity", Text())
    stream_guarantee = column("stream_guarantee", Text())
    timeout_seconds = column("timeout_seconds", Whole())
    hedge_after_ms = column("hedge_after_ms", Whole())

    class Meta:
        model = Feature
        fields = ("organization", "key_column", *EDITABLE)
        import_id_fields = ("organization", "key_column")
        clean_model_instances = True
        skip_diff = True
        store_instance = True
        use_transactions = True

    def load_existing(self, dataset: LineDataset) -> dict[Key, Feature]:
        rows = Feature.objects.select_related("organization")
        return {(row.organization.slug, row.key): row for row in rows}

    def save_instance(
        self, instance: Feature, is_create: bool, row: dict[str, Any], **kwargs: Any
    ) -> None:
        facts = {field: getattr(instance, field) for field in EDITABLE}
        if is_create:
            added = create_feature(
                organization=instance.organization,
                actor=self.actor,
                key=instance.key,
                **facts,
            )
            instance.pk = added.pk
        else:
            edit_feature(
                feature=Feature.objects.get(pk=instance.pk),
                actor=self.actor,
                expected_version=instance.version,
                **facts,
            )
