from django.contrib import admin

from registry.admin.audited import ReadOnlyAdmin
from registry.connection_facts import EDITABLE, key_words
from registry.models import Connection


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """To look at: connections are changed on their own page, where they are tested and
    where a stored key stays with its address."""

    list_display = ("label", "provider", "organization", "state", "checked_at")
    list_filter = ("state", "is_enabled", "provider", "organization")
    search_fields = ("label", "provider__name", "organization__name", "base_url")
    list_select_related = ("provider", "organization")
    fields = (
        ("organization", "provider", *EDITABLE)
        + ("key", "header_names", "is_enabled", "state", "state_reason")
        + ("checked_at", "latency_ms", "discovered_at", "created_at", "updated_at")
    )

    @admin.display(description="Key")
    def key(self, connection: Connection) -> str:
        """Its last four characters, or where it is read from."""
        return key_words(connection) or "none"
