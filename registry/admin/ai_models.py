from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registry.admin.audited import AuditedAdmin, SourcedAdmin
from registry.admin.choices import WordListMixin
from registry.admin.prices import PriceInline, save_new_price
from registry.admin.transfer import TransferAdmin
from registry.facts import edited_facts, forget_edits, mark_edited
from registry.models import AIModel, ModelAlias, Price, User
from registry.templatetags.display import DASH, tokens, usd
from registry.transfer.resources.ai_models import AIModelResource


class EditedFilter(admin.SimpleListFilter):
    title = "edited by a person"
    parameter_name = "edited"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Has edited facts")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AIModel]
    ) -> QuerySet[AIModel]:
        if self.value() == "yes":
            return queryset.filter(fact_sources__icontains='"edited"')
        return queryset


@admin.register(AIModel)
class AIModelAdmin(WordListMixin, TransferAdmin, AuditedAdmin):
    resource_classes = (AIModelResource,)
    noun = "model"
    list_display = (
        "reference_column",
        "name",
        "model_type",
        "window",
        "input_price",
        "output_price",
        "organization",
        "is_listed",
    )
    list_display_links = ("reference_column",)
    list_filter = (
        "model_type",
        "is_listed",
        "is_open_weights",
        EditedFilter,
        "provider",
        "organization",
    )
    search_fields = ("search_text", "family")
    list_select_related = ("provider", "organization")
    autocomplete_fields = ("provider", "organization")
    readonly_fields = ("sources", "ratings", "is_listed", "vanished_at")
    inlines = (PriceInline,)
    actions = ("take_back_to_catalogue",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "provider",
                    "model_name",
                    "name",
                    "version",
                    "family",
                    "organization",
                    "description",
                )
            },
        ),
        (
            "What it does",
            {
                "fields": (
                    "model_type",
                    "input_modalities",
                    "output_modalities",
                    "capabilities",
                )
            },
        ),
        (
            "Limits",
            {
                "fields": (
                    "context_window",
                    "max_output_tokens",
                    "max_images",
                    "requests_per_minute",
                    "tokens_per_minute",
                )
            },
        ),
        (
            "Dates",
            {
                "fields": (
                    "knowledge_cutoff",
                    "released_on",
                    "deprecated_on",
                    "retired_on",
                )
            },
        ),
        (
            "Running it yourself",
            {
                "fields": (
                    "is_open_weights",
                    "parameter_count_billions",
                    "quantisation",
                    "min_memory_gb",
                    "recommended_memory_gb",
                )
            },
        ),
        (
            "Where the facts come from",
            {"fields": ("sources", "ratings", "is_listed", "vanished_at")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[AIModel]:
        in_force = Price.objects.in_force(timezone.now()).filter(organization=None)
        rows: QuerySet[AIModel] = super().get_queryset(request)
        return rows.prefetch_related(
            Prefetch("prices", in_force, to_attr="prices_in_force")
        )

    @admin.display(description="Model", ordering="provider__slug")
    def reference_column(self, ai_model: AIModel) -> str:
        return ai_model.reference

    @admin.display(description="Context", ordering="context_window")
    def window(self, ai_model: AIModel) -> str:
        return tokens(ai_model.context_window)

    @admin.display(description="Input / 1M")
    def input_price(self, ai_model: AIModel) -> str:
        prices = ai_model.prices_in_force  # type: ignore[attr-defined]  # prefetched
        return usd(prices[0].input_usd_per_million) if prices else DASH

    @admin.display(description="Output / 1M")
    def output_price(self, ai_model: AIModel) -> str:
        prices = ai_model.prices_in_force  # type: ignore[attr-defined]  # prefetched
        return usd(prices[0].output_usd_per_million) if prices else DASH

    @admin.display(description="Sources")
    def sources(self, ai_model: AIModel) -> SafeString | str:
        return source_list(ai_model)

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[AIModel], change: bool
    ) -> None:
        """What a person changed here is theirs from now on."""
        stated = form.changed_data
        if not change:
            stated = [name for name in stated if form.cleaned_data.get(name)]
        mark_edited(obj, stated, by=str(request.user), on=timezone.now().date())
        super().save_model(request, obj, form, change)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[AIModel],
        formset: BaseModelFormSet[Any, Any],
        change: bool,
    ) -> None:
        """New prices go through the service, which ends the one in force and writes
        the audit entry."""
        formset.save(commit=False)
        for price_form in sorted(formset.extra_forms, key=starts):
            if price_form.has_changed():
                new = price_form.as_new_price(form.instance)
                price_form.instance.pk = save_new_price(new, request).pk

    @admin.action(
        description="Back to catalogue: let the sync write edited facts again",
        permissions=["change"],
    )
    def take_back_to_catalogue(
        self, request: HttpRequest, queryset: QuerySet[AIModel]
    ) -> None:
        with transaction.atomic():
            rows = list(queryset.select_for_update(of=("self",)))
            count = sum(self.take_back(request, row) for row in rows)
        messages.success(
            request,
            f"{count} models follow the catalogue again. The next sync writes what "
            "it says.",
        )

    def take_back(self, request: HttpRequest, ai_model: AIModel) -> bool:
        before = {
            field: ai_model.fact_sources[field] for field in edited_facts(ai_model)
        }
        if not forget_edits(ai_model):
            return False
        ai_model.save(update_fields=["fact_sources", "updated_at"])
        self.record(request, ai_model, "returned_to_catalogue", before, {})
        if isinstance(request.user, User):
            self.log_change(request, ai_model, "Back to catalogue.")
        return True


def starts(form: Any) -> tuple[bool, Any]:
    start = form.cleaned_data.get("effective_from")
    return (start is not None, start)


def source_list(ai_model: AIModel) -> SafeString | str:
    """Field, source and day, one a line."""
    rows: Iterable[tuple[str, str, str]] = (
        (field, one.get("by") or one.get("source", ""), one.get("read_on", ""))
        for field, one in sorted(ai_model.fact_sources.items())
    )
    if not ai_model.fact_sources:
        return DASH
    return format_html(
        "<ul>{}</ul>",
        format_html_join("", "<li>{}: {}, {}</li>", rows),
    )


@admin.register(ModelAlias)
class ModelAliasAdmin(SourcedAdmin):
    noun = "model_alias"
    list_display = ("__str__", "ai_model", "source", "read_on")
    list_filter = ("source", "provider")
    search_fields = ("alias", "provider__slug", "ai_model__search_text")
    list_select_related = ("provider", "ai_model__provider")
    autocomplete_fields = ("provider", "ai_model")
