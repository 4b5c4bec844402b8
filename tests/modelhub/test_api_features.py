from registry.models import Assignment, AssignmentFallback, AssignmentRevision
from tests.factories import FeatureFactory, enabled_model


def test_a_feature_says_its_requirements_and_that_nothing_is_assigned(
    editor, organization
):
    FeatureFactory(
        organization=organization,
        key="photo.tagging",
        required_capabilities=["image_analysis"],
        min_context_tokens=8000,
    )

    document = editor.get("/api/features/photo.tagging").json()

    assert document["required_capabilities"] == ["image_analysis"]
    assert document["min_context_tokens"] == 8000
    assert document["assignment"] is None


def test_a_feature_says_its_model_and_the_fallbacks_in_order(editor, organization):
    assigned_feature(organization, "drafts")

    document = editor.get("/api/features/drafts").json()

    assert document["assignment"]["model"] == "openai/drafts-main"
    assert document["assignment"]["fallbacks"] == ["openai/drafts-1", "openai/drafts-2"]
    assert document["assignment"]["parameters"] == {"temperature": 0.2}


def test_the_number_of_queries_does_not_grow_with_the_features(
    editor, organization, django_assert_max_num_queries
):
    for number in range(6):
        assigned_feature(organization, f"feature-{number}")

    with django_assert_max_num_queries(8):
        found = editor.get("/api/features").json()["items"]

    assert len(found) == 6


def assigned_feature(organization, key: str) -> None:
    feature = FeatureFactory(organization=organization, key=key)
    revision = AssignmentRevision.objects.create(
        feature=feature,
        number=1,
        ai_model=enabled_model(organization, model_name=f"{key}-main"),
        parameters={"temperature": 0.2},
        actor_label="mira@example.com",
    )
    for position in (2, 1):
        AssignmentFallback.objects.create(
            revision=revision,
            ai_model=enabled_model(organization, model_name=f"{key}-{position}"),
            position=position,
        )
    Assignment.objects.create(feature=feature, revision=revision, revision_number=1)
