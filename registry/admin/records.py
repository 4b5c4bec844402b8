"""What the product wrote down: the audit log and the catalogue's syncs."""

from django.contrib import admin

from registry.admin.audited import ReadOnlyAdmin
from registry.models import AuditEntry, CatalogSync


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "action", "object_label", "actor_label", "organization")
    list_filter = ("organization", "object_type", "action")
    search_fields = ("object_label", "actor_label", "action", "note")
    list_select_related = ("organization",)
    date_hierarchy = "at"


@admin.register(CatalogSync)
class CatalogSyncAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "state", "finished_at", "actor_label", "error")
    list_filter = ("state",)
    date_hierarchy = "started_at"
