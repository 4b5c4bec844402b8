from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import TabularInline

from registry.admin.audited import AuditedAdmin, ReadOnlyAdmin
from registry.admin.choices import WordListMixin
from registry.admin.transfer import TransferAdmin
from registry.models import (
    Assignment,
    AssignmentFallback,
    AssignmentRevision,
    Feature,
    ModelSetting,
)
from registry.transfer.resources.features import FeatureResource


@admin.register(Feature)
class FeatureAdmin(WordListMixin, TransferAdmin, AuditedAdmin):
    resource_classes = (FeatureResource,)
    noun = "feature"
    list_display = (
        "key",
        "name",
        "organization",
        "assigned_model",
        "accuracy_level",
        "budget_sensitivity",
        "archived_at",
    )
    list_filter = ("organization", "accuracy_level", "urgency", "budget_sensitivity")
    search_fields = ("key", "name", "organization__name")
    list_select_related = (
        "organization",
        "assignment__revision__ai_model__provider",
    )
    autocomplete_fields = ("organization",)
    exclude = ("version", "automatic_choice")
    readonly_fields = ("archived_at",)

    @admin.display(description="Model")
    def assigned_model(self, feature: Feature) -> str | None:
        assignment = getattr(feature, "assignment", None)
        ai_model = assignment and assignment.revision.ai_model
        return ai_model.reference if ai_model else None

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: ModelForm[Feature],
        change: bool,
    ) -> None:
        if change:
            # A form that someone has open in the app is stale from now on.
            obj.version += 1
        super().save_model(request, obj, form, change)


class FallbackInline(TabularInline):
    model = AssignmentFallback
    fields = ("position", "ai_model")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[AssignmentFallback]:
        rows: QuerySet[AssignmentFallback] = super().get_queryset(request)
        return rows.select_related("ai_model__provider")


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("feature", "organization", "ai_model", "revision_number")
    list_filter = ("feature__organization",)
    search_fields = ("feature__key", "feature__name")
    list_select_related = (
        "feature__organization",
        "revision__ai_model__provider",
    )

    @admin.display(description="Organisation", ordering="feature__organization")
    def organization(self, assignment: Assignment) -> str:
        return assignment.feature.organization.name

    @admin.display(description="Model")
    def ai_model(self, assignment: Assignment) -> str | None:
        ai_model = assignment.revision.ai_model
        return ai_model.reference if ai_model else None


@admin.register(AssignmentRevision)
class AssignmentRevisionAdmin(ReadOnlyAdmin):
    list_display = ("feature", "number", "ai_model", "actor_label", "created_at")
    list_filter = ("feature__organization",)
    search_fields = ("feature__key", "actor_label", "ai_model__search_text")
    list_select_related = ("feature", "ai_model__provider")
    inlines = (FallbackInline,)
    date_hierarchy = "created_at"


@admin.register(ModelSetting)
class ModelSettingAdmin(AuditedAdmin):
    noun = "model_setting"
    list_display = ("ai_model", "organization", "is_enabled", "monthly_limit_usd")
    list_filter = ("organization", "is_enabled")
    search_fields = ("ai_model__search_text", "organization__name")
    list_select_related = ("ai_model__provider", "organization")
    autocomplete_fields = ("ai_model", "organization")
    exclude = ("version", "default_fallbacks")
    readonly_fields = ("default_parameters",)

    def save_model(
        self,
        request: HttpRequest,
        obj: Any,
        form: ModelForm[ModelSetting],
        change: bool,
    ) -> None:
        if change:
            obj.version += 1
        super().save_model(request, obj, form, change)
