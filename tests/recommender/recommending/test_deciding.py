"""Apply, undo, snooze, dismiss: by the ordinary assignment, with an audit entry."""

import pytest

from recommender.models import RecommendationState
from recommender.services.recommendations import (
    RecommendationRefused,
    apply,
    dismiss,
    reopen,
    snooze,
    undo,
)
from registry.models import AuditEntry
from registry.queries.assignments import current_revision, fallbacks_of
from registry.services.assignments import assign_model
from tests.recommender.recommending.working import priced


def on(feature):
    return current_revision(feature).ai_model.model_name


def test_applying_assigns_the_model_and_keeps_everything_else(
    organization, suggestion, support, dear, cheap, membership
):
    spare = priced(organization, "spare", "1", "1")
    assign_model(
        feature=support,
        ai_model=dear,
        fallbacks=[cheap, spare],
        parameters={"temperature": 0.2},
        actor=None,
        expected_revision=1,
    )
    apply(recommendation=suggestion, actor=membership.user)
    now = current_revision(support)
    assert now.ai_model == cheap
    assert fallbacks_of(now) == [spare]
    assert now.parameters == {"temperature": 0.2}
    assert now.note.startswith("Recommended: saves about $")
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert {"assignment.changed", "recommendation.applied"} <= set(actions)


def test_undo_brings_the_assignment_back_and_opens_it_again(suggestion, support):
    apply(recommendation=suggestion, actor=None)
    assert suggestion.follow_ups.count() == 2
    undo(recommendation=suggestion, actor=None)
    suggestion.refresh_from_db()
    assert on(support) == "dear"
    assert suggestion.state == RecommendationState.OPEN
    assert not suggestion.follow_ups.exists()


def test_a_feature_that_changed_since_is_not_touched(organization, suggestion, support):
    other = priced(organization, "other", "1", "1")
    assign_model(feature=support, ai_model=other, actor=None, expected_revision=1)
    with pytest.raises(RecommendationRefused, match="is on openai/other by now"):
        apply(recommendation=suggestion, actor=None)
    assert on(support) == "other"


def test_a_model_that_was_disabled_is_refused_and_nothing_changes(
    suggestion, support, cheap
):
    cheap.settings.update(is_enabled=False)
    with pytest.raises(RecommendationRefused, match="is not enabled"):
        apply(recommendation=suggestion, actor=None)
    suggestion.refresh_from_db()
    assert suggestion.state == RecommendationState.OPEN


def test_undo_after_another_change_is_refused(organization, suggestion, support):
    apply(recommendation=suggestion, actor=None)
    other = priced(organization, "other", "1", "1")
    assign_model(feature=support, ai_model=other, actor=None, expected_revision=2)
    with pytest.raises(RecommendationRefused, match="was changed after that"):
        undo(recommendation=suggestion, actor=None)


def test_twice_applied_is_said(suggestion):
    apply(recommendation=suggestion, actor=None)
    with pytest.raises(RecommendationRefused, match="applied already"):
        apply(recommendation=suggestion, actor=None)


def test_dismissing_needs_a_reason(suggestion, membership):
    with pytest.raises(RecommendationRefused, match="Say why"):
        dismiss(recommendation=suggestion, reason="  ", actor=None)
    dismiss(recommendation=suggestion, reason="Wrong tone", actor=membership.user)
    entry = AuditEntry.objects.get(action="recommendation.dismissed")
    assert entry.note == "Wrong tone"
    assert entry.actor == membership.user


def test_a_snooze_and_a_dismissal_are_taken_back(suggestion):
    snooze(recommendation=suggestion, days=30, actor=None)
    reopen(recommendation=suggestion, actor=None)
    dismiss(recommendation=suggestion, reason="No", actor=None)
    one = reopen(recommendation=suggestion, actor=None)
    assert (one.state, one.reason) == (RecommendationState.OPEN, "")


def test_a_snooze_is_of_the_offered_lengths(suggestion):
    with pytest.raises(RecommendationRefused, match="7, 30, 90"):
        snooze(recommendation=suggestion, days=1, actor=None)
