from __future__ import annotations

from typing import Any

# Their own pages are registered with the import, and go with `unregister` below.
import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from registry.admin.audited import AuditedAdmin
from registry.models import EmailState, User
from registry.snapshots import Snapshot, differences

ADDRESS = ("email", "email_state")
RIGHTS = ("is_staff", "is_superuser", "user_permissions")

# Rights stand at the person; a second way to give them would only hide them. Second
# factors and sessions belong to the person alone.
OF_PEOPLE = (EmailAddress, Authenticator, UserSession)
OF_OTHER_SYSTEMS = (SocialAccount, SocialApp, SocialToken)
for model in (Group, *OF_PEOPLE, *OF_OTHER_SYSTEMS):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):  # type: ignore[type-arg]  # not at run time
    noun = "user"
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "is_staff", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "memberships__organization")
    search_fields = ("email", "first_name", "last_name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": (*ADDRESS, "password", "first_name", "last_name")}),
        ("Rights in this admin", {"fields": ("is_active", *RIGHTS)}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "usable_password", "password1", "password2")}),
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        """Staff cannot give themselves or others more rights: superusers do."""
        if request.user.is_superuser:
            return self.readonly_fields
        return (*self.readonly_fields, *RIGHTS, *ADDRESS)

    def has_change_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        allowed: bool = super().has_change_permission(request, obj)
        return allowed

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed

    def save_model(
        self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool
    ) -> None:
        """An address that an administrator names is vouched for, unless they say
        otherwise; django-allauth's copy of the old one goes."""
        if change and "email" in form.changed_data:
            if "email_state" not in form.changed_data:
                obj.email_state = EmailState.VOUCHED
            EmailAddress.objects.filter(user=obj).delete()
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: ModelForm[User], formsets: Any, change: bool
    ) -> None:
        before = rights_of(form.instance)
        super().save_related(request, form, formsets, change)
        changes = differences(before, rights_of(form.instance))
        self.record(request, form.instance, "rights_changed", *changes)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        """Only superusers set another person's password; it would make them that
        person."""
        if not request.user.is_superuser:
            raise PermissionDenied("Only a superuser sets another person's password.")
        with transaction.atomic():
            response: HttpResponse = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == 302:
                user = User.objects.get(pk=id)
                self.record(request, user, "password_set", None, {"password": "set"})
        return response


def rights_of(user: User) -> Snapshot:
    return {
        "user_permissions": sorted(
            user.user_permissions.values_list("codename", flat=True)
        ),
    }
