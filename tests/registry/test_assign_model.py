import datetime

import pytest
from django.core.exceptions import ValidationError

from registry.models import Assignment, AssignmentRevision, AuditEntry
from registry.parameters import ParameterError
from registry.queries.assignments import current_revision, fallbacks_of, state_of
from registry.services.assignments import (
    MAX_FALLBACKS,
    AssignmentRefused,
    StaleAssignment,
    assign_model,
    roll_back,
    unassign,
)
from registry.services.features import archive_feature
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    ModelSettingFactory,
    OrganizationFactory,
    enabled_model,
)


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization)


@pytest.fixture
def model(organization):
    return enabled_model(organization, model_name="first")


@pytest.fixture
def other(organization):
    return enabled_model(organization, model_name="second")


def assign(feature, ai_model, expected, **more):
    return assign_model(
        feature=feature,
        ai_model=ai_model,
        actor=None,
        expected_revision=expected,
        **more,
    )


def refusal_codes(error):
    return [refusal.reason.code for refusal in error.value.refusals]


def test_the_first_assignment_is_revision_one(feature, model, other, membership):
    outcome = assign_model(
        feature=feature,
        ai_model=model,
        fallbacks=[other],
        parameters={"temperature": 0.2},
        actor=membership.user,
        expected_revision=0,
        note=" start ",
    )

    assert outcome.is_new
    assert outcome.revision.number == 1
    assert outcome.revision.note == "start"
    assert outcome.revision.actor == membership.user
    assert state_of(current_revision(feature)).as_json() == {
        "model": "openai/first",
        "fallbacks": ["openai/second"],
        "parameters": {"temperature": 0.2},
        "prompt": None,
    }


def test_a_change_leaves_an_audit_entry_with_before_and_after(feature, model, other):
    assign(feature, model, 0)

    assign(feature, other, 1, note="cheaper")

    entry = AuditEntry.objects.first()
    assert entry.action == "assignment.changed"
    assert entry.before["model"] == "openai/first"
    assert entry.after["model"] == "openai/second"
    assert (entry.note, entry.actor_label) == ("cheaper", "system")


def test_fallbacks_keep_their_order(feature, model, organization):
    steps = [enabled_model(organization, model_name=name) for name in "cab"]

    assign(feature, model, 0, fallbacks=steps)

    assert fallbacks_of(current_revision(feature)) == steps


def test_a_form_older_than_the_assignment_is_stale_and_changes_nothing(
    feature, model, other
):
    assign(feature, model, 0)
    assign(feature, other, 1)

    with pytest.raises(StaleAssignment) as error:
        assign(feature, model, 1)

    assert error.value.current.number == 2
    assert AssignmentRevision.objects.count() == 2


def test_a_revision_number_from_the_future_is_stale_too(feature, model):
    with pytest.raises(StaleAssignment):
        assign(feature, model, 7)

    assert not Assignment.objects.exists()


def test_sending_the_same_change_twice_adds_no_second_revision(feature, model):
    assign(feature, model, 0, parameters={"top_p": 0.5})

    outcome = assign(feature, model, 0, parameters={"top_p": 0.5})

    assert not outcome.is_new
    assert outcome.number == 1
    assert AssignmentRevision.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_a_model_that_is_not_enabled_is_refused(feature):
    with pytest.raises(AssignmentRefused) as error:
        assign(feature, AIModelFactory(), 0)

    assert refusal_codes(error) == ["not_enabled"]
    assert not AssignmentRevision.objects.exists()


def test_a_model_enabled_elsewhere_is_not_enabled_here(feature):
    ai_model = enabled_model(OrganizationFactory())

    with pytest.raises(AssignmentRefused) as error:
        assign(feature, ai_model, 0)

    assert refusal_codes(error) == ["not_enabled"]


def test_another_organisations_custom_model_is_refused(feature):
    elsewhere = OrganizationFactory()
    ai_model = AIModelFactory(organization=elsewhere)
    ModelSettingFactory(organization=feature.organization, ai_model=ai_model)

    with pytest.raises(AssignmentRefused) as error:
        assign(feature, ai_model, 0)

    assert refusal_codes(error) == ["foreign"]


def test_a_fallback_is_held_to_the_same_requirements(organization, model):
    feature = FeatureFactory(
        organization=organization, required_capabilities=["text_generation"]
    )
    blind = enabled_model(organization, model_name="blind", capabilities=[])

    with pytest.raises(AssignmentRefused) as error:
        assign(feature, model, 0, fallbacks=[blind])

    assert "openai/blind is not known to offer text generation." in str(error.value)


def test_a_model_is_not_its_own_fallback_and_no_fallback_stands_twice(
    feature, model, other
):
    with pytest.raises(AssignmentRefused) as own:
        assign(feature, model, 0, fallbacks=[model])
    with pytest.raises(AssignmentRefused) as twice:
        assign(feature, model, 0, fallbacks=[other, other])

    assert refusal_codes(own) == ["own_fallback"]
    assert refusal_codes(twice) == ["fallback_twice"]


def test_the_list_of_fallbacks_has_an_end(feature, model, organization):
    many = [enabled_model(organization) for _ in range(MAX_FALLBACKS + 1)]

    with pytest.raises(AssignmentRefused, match="At most 8 fallbacks"):
        assign(feature, model, 0, fallbacks=many)


def test_parameters_outside_their_range_are_refused(feature, model):
    with pytest.raises(ParameterError):
        assign(feature, model, 0, parameters={"temperature": 2.1})

    assert not AssignmentRevision.objects.exists()


def test_a_note_that_is_too_long_writes_nothing(feature, model):
    with pytest.raises(ValidationError):
        assign(feature, model, 0, note="x" * 401)

    assert not AssignmentRevision.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_archived_feature_takes_no_assignment(feature, model):
    archive_feature(feature=feature, actor=None)

    with pytest.raises(AssignmentRefused, match="archived"):
        assign(feature, model, 0)


def test_rolling_back_says_again_what_an_earlier_revision_said(feature, model, other):
    assign(feature, model, 0, fallbacks=[other], parameters={"top_p": 0.1})
    assign(feature, other, 1)

    outcome = roll_back(feature=feature, to_revision=1, actor=None, expected_revision=2)

    first = AssignmentRevision.objects.get(number=1)
    assert outcome.number == 3
    assert outcome.revision.restored_from == first
    assert state_of(outcome.revision) == state_of(first)


def test_rolling_back_to_a_model_that_is_retired_by_now_is_refused(
    feature, model, other
):
    assign(feature, model, 0)
    assign(feature, other, 1)
    model.retired_on = datetime.date(2020, 1, 1)
    model.save()

    with pytest.raises(AssignmentRefused) as error:
        roll_back(feature=feature, to_revision=1, actor=None, expected_revision=2)

    assert refusal_codes(error) == ["retired"]
    assert current_revision(feature).number == 2


def test_rolling_back_to_a_revision_that_never_was_is_refused(feature, model):
    assign(feature, model, 0)

    with pytest.raises(AssignmentRefused, match="no revision r9"):
        roll_back(feature=feature, to_revision=9, actor=None, expected_revision=1)


def test_a_feature_can_lose_its_model_and_get_it_back(feature, model):
    assign(feature, model, 0)

    unassign(feature=feature, actor=None, expected_revision=1)
    assert current_revision(feature).ai_model is None

    roll_back(feature=feature, to_revision=1, actor=None, expected_revision=2)
    assert current_revision(feature).ai_model == model


def test_taking_away_what_is_not_there_adds_nothing(feature):
    outcome = unassign(feature=feature, actor=None, expected_revision=0)

    assert not outcome.is_new
    assert outcome.revision is None
