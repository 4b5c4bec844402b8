"""The bases of our admins: a change leaves an audit entry, or there is none."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from registry.audit import record_change
from registry.facts import EDITED
from registry.models import Organization, User
from registry.snapshots import Snapshot, differences, snapshot, stated


class AuditedAdmin(ModelAdmin):
    """Writes an audit entry in the transaction of each save and delete, beside
    Django's own change history. `noun` begins the action: `provider.edited`."""

    noun = ""
    warn_unsaved_form = True
    list_per_page = 50
    # One count a page, not a second one over the whole table.
    show_full_result_count = False
    compressed_fields = True

    def organization_of(self, row: Model) -> Organization | None:
        """Whose audit log a change of `row` belongs to."""
        return getattr(row, "organization", None)

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool
    ) -> None:
        before = self.stored(obj) if change else None
        super().save_model(request, obj, form, change)
        if before is None:
            self.record(request, obj, "added", None, stated(obj))
        else:
            self.record(request, obj, "edited", *differences(before, snapshot(obj)))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.record_deletion(request, obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for row in queryset:
                self.record_deletion(request, row)
            super().delete_queryset(request, queryset)

    def save_formset(
        self,
        request: HttpRequest,
        form: ModelForm[Any],
        formset: BaseModelFormSet[Any, Any],
        change: bool,
    ) -> None:
        noun = formset.model._meta.model_name  # type: ignore[union-attr]  # always set
        before = {row.pk: self.stored(row) for row in formset.queryset or ()}
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            self.record(request, row, "added", None, stated(row), noun)
        for row, _ in formset.changed_objects:
            changes = differences(before[row.pk], snapshot(row))
            self.record(request, row, "edited", *changes, noun)
        for row in formset.deleted_objects:
            self.record(request, row, "deleted", before[row.pk], None, noun)

    def record_deletion(self, request: HttpRequest, row: Model) -> None:
        self.record(request, row, "deleted", stated(row), None)

    def record(
        self,
        request: HttpRequest,
        row: Model,
        verb: str,
        before: Snapshot | None,
        after: Snapshot | None,
        noun: str | None = None,
    ) -> None:
        """Add the audit entry, unless nothing changed."""
        if not before and not after:
            return
        actor = request.user
        record_change(
            organization=self.organization_of(row),
            actor=actor if isinstance(actor, User) else None,
            action=f"{noun or self.noun}.{verb}",
            target=row,
            before=before,
            after=after,
            note="Registry admin",
        )

    def stored(self, row: Model) -> Snapshot:
        """The row as it stands in the database."""
        return snapshot(type(row)._default_manager.get(pk=row.pk))


class SourcedAdmin(AuditedAdmin):
    """Rows that a catalogue sync also writes: once a person saved one, it is theirs."""

    readonly_fields = ("source", "read_on")

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool
    ) -> None:
        if form.changed_data or not change:
            obj.source, obj.read_on = EDITED, timezone.now().date()
        super().save_model(request, obj, form, change)


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only the product writes: to look at, never to change."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False
