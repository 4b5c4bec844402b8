from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from registry.admin.audited import AuditedAdmin
from registry.models import Membership, Organization


class MembershipInline(TabularInline):
    model = Membership
    fields = ("user", "role")
    autocomplete_fields = ("user",)
    extra = 0


@admin.register(Organization)
class OrganizationAdmin(AuditedAdmin):
    noun = "organization"
    list_display = ("name", "slug", "people", "features", "created_at")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012  # Django reads it
    readonly_fields = ("is_sample",)
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        rows: QuerySet[Organization] = super().get_queryset(request)
        return rows.annotate(
            member_count=Count("memberships", distinct=True),
            feature_count=Count("features", distinct=True),
        )

    def get_deleted_objects(
        self, objs: Iterable[Organization], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """One with a log stays: nobody could read the log any more."""
        rows = list(objs)
        told, counts, forbidden, kept = super().get_deleted_objects(rows, request)
        logged = [
            f"The audit log of {row.name}" for row in rows if row.audit_entries.exists()
        ]
        return told, counts, forbidden, [*kept, *logged]

    def organization_of(self, row: Model) -> Organization | None:
        """The end of an organisation stands in the log of the catalogue."""
        return row.organization if isinstance(row, Membership) else None

    @admin.display(description="People", ordering="member_count")
    def people(self, organization: Organization) -> int:
        count: int = organization.member_count  # type: ignore[attr-defined]
        return count

    @admin.display(description="Features", ordering="feature_count")
    def features(self, organization: Organization) -> int:
        count: int = organization.feature_count  # type: ignore[attr-defined]
        return count


@admin.register(Membership)
class MembershipAdmin(AuditedAdmin):
    noun = "membership"
    list_display = ("user", "organization", "role", "created_at")
    list_filter = ("role", "organization")
    search_fields = ("user__email", "organization__name")
    list_select_related = ("user", "organization")
    autocomplete_fields = ("user", "organization")
