import pytest
from django.core.exceptions import ValidationError

from registry.models import AuditEntry, Feature
from registry.services.features import (
    StaleFeature,
    archive_feature,
    create_feature,
    edit_feature,
    restore_feature,
)
from tests.factories import FeatureFactory


def create(organization, **facts):
    return create_feature(
        organization=organization,
        actor=None,
        **{"key": "photo-tagging", "name": "Photo tagging", **facts},
    )


def test_a_new_feature_leaves_an_audit_entry(organization, membership):
    feature = create_feature(
        organization=organization,
        actor=membership.user,
        key="photo-tagging",
        name="Photo tagging",
        required_capabilities=["image_analysis"],
    )

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id) == ("feature.created", str(feature.pk))
    assert entry.after["required_capabilities"] == ["image_analysis"]
    assert entry.actor_label == membership.user.email


@pytest.mark.parametrize("key", ["codeGenerator.surgical", "a", "search_embed-2"])
def test_keys_as_products_write_them_are_taken(organization, key):
    assert create(organization, key=key).key == key


@pytest.mark.parametrize(
    "key",
    ["", "2fast", "a b", "a/b", "a..b", "-a", "a-", "ä", "<script>", "x" * 81, "new"],
)
def test_other_keys_are_refused_beside_the_field(organization, key):
    with pytest.raises(ValidationError) as error:
        create(organization, key=key)

    assert "key" in error.value.message_dict
    assert not Feature.objects.exists()


def test_a_key_is_used_once_per_organisation(organization, stranger):
    create(organization)

    with pytest.raises(ValidationError):
        create(organization)

    assert Feature.objects.count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"required_capabilities": ["telepathy"]},
        {"urgency": "yesterday"},
        {"min_context_tokens": -1},
        {"min_context_tokens": 0},
        {"description": "x" * 2001},
        {"name": ""},
    ],
)
def test_facts_outside_their_set_are_refused(organization, facts):
    with pytest.raises(ValidationError) as error:
        create(organization, **facts)

    assert list(error.value.message_dict) == list(facts)


def test_editing_writes_only_what_changed_into_the_audit_entry(organization):
    feature = create(organization)

    changed = edit_feature(
        feature=feature,
        actor=None,
        expected_version=1,
        name="Photo tags",
        urgency="interactive",
    )

    entry = AuditEntry.objects.first()
    assert changed
    assert feature.version == 2
    assert (entry.before, entry.after) == (
        {"name": "Photo tagging"},
        {"name": "Photo tags"},
    )


def test_an_edit_from_an_older_form_is_stale(organization):
    feature = create(organization)
    edit_feature(feature=feature, actor=None, expected_version=1, name="Theirs")

    with pytest.raises(StaleFeature) as error:
        edit_feature(feature=feature, actor=None, expected_version=1, name="Mine")

    assert error.value.current.name == "Theirs"
    assert Feature.objects.get().name == "Theirs"


def test_the_same_edit_twice_is_harmless(organization):
    feature = create(organization)
    edit_feature(feature=feature, actor=None, expected_version=1, name="Once")

    changed = edit_feature(feature=feature, actor=None, expected_version=1, name="Once")

    assert not changed
    assert Feature.objects.get().version == 2


def test_the_key_of_a_feature_cannot_be_edited(organization):
    feature = create(organization)

    with pytest.raises(TypeError):
        edit_feature(feature=feature, actor=None, expected_version=1, key="other")


def test_archiving_and_restoring_each_leave_one_entry(organization):
    feature = FeatureFactory(organization=organization)

    assert archive_feature(feature=feature, actor=None)
    assert not archive_feature(feature=feature, actor=None)
    assert restore_feature(feature=feature, actor=None)

    assert feature.archived_at is None
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == [
        "feature.archived",
        "feature.restored",
    ]
