"""No table can be changed in the registry admin without a trace."""

import pytest
from django.contrib import admin
from django.urls import reverse

from registry.admin.audited import AuditedAdmin
from registry.models import Organization
from registry.services.features import archive_feature
from tests.factories import FeatureFactory, OrganizationFactory

ADMINS = {model._meta.label: one for model, one in admin.site._registry.items()}


@pytest.mark.parametrize("label", sorted(ADMINS))
def test_a_registered_admin_is_audited_or_only_shows(rf, admin_user, label):
    one = ADMINS[label]
    request = rf.get("/")
    request.user = admin_user
    may_change = (
        one.has_add_permission(request)
        or one.has_change_permission(request)
        or one.has_delete_permission(request)
    )

    assert isinstance(one, AuditedAdmin) or not may_change, (
        f"{label} is changed in the registry admin without an audit entry: "
        "derive its admin from AuditedAdmin or ReadOnlyAdmin, or unregister it."
    )
    if isinstance(one, AuditedAdmin):
        assert one.noun, f"the admin of {label} has no noun for its actions"
        assert not one.list_editable
        for name in ("save_model", "delete_model", "delete_queryset", "save_formset"):
            assert "record" in _code_of(one, name), f"{label}: {name} leaves no entry"


def _code_of(one, name) -> str:
    """The names that a method and those it overrides use."""
    return " ".join(
        word
        for kind in type(one).__mro__
        if name in vars(kind)
        for word in vars(kind)[name].__code__.co_names
    )


@pytest.mark.parametrize("has_log", [True, False])
def test_an_organisation_with_a_log_is_not_deleted(client, admin_user, has_log):
    organization = OrganizationFactory()
    if has_log:
        feature = FeatureFactory(organization=organization)
        archive_feature(feature=feature, actor=None)
        feature.delete()
    client.force_login(admin_user)
    listed = reverse("admin:registry_organization_changelist")
    chosen = {"action": "delete_selected", "_selected_action": organization.pk}

    client.post(
        reverse("admin:registry_organization_delete", args=[organization.pk]),
        {"post": "yes"},
    )
    assert Organization.objects.filter(pk=organization.pk).exists() == has_log
    client.post(listed, {**chosen, "post": "yes"})
    assert Organization.objects.filter(pk=organization.pk).exists() == has_log
