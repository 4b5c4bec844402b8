from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from registry.admin.audited import SourcedAdmin
from registry.admin.transfer import TransferAdmin
from registry.models import Provider
from registry.transfer.resources.providers import ProviderResource


@admin.register(Provider)
class ProviderAdmin(TransferAdmin, SourcedAdmin):
    resource_classes = (ProviderResource,)
    noun = "provider"
    list_display = ("name", "slug", "model_count", "pricing_url", "source", "read_on")
    list_filter = ("source",)
    search_fields = ("name", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Provider]:
        rows: QuerySet[Provider] = super().get_queryset(request)
        return rows.annotate(models=Count("ai_models"))

    @admin.display(description="Models", ordering="models")
    def model_count(self, provider: Provider) -> int:
        count: int = provider.models  # type: ignore[attr-defined]  # annotated
        return count
