"""Rules of a feature's automatic choice are checked, kept, audited and taken back."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from registry.automatic_choice import DEFAULTS, ChoiceRules, Policy, clean_choice
from registry.configuration.fields import FieldError
from registry.models import AuditEntry
from registry.queries.feature_history import feature_history
from registry.resolution.loading import load_snapshot_of
from registry.services.automatic_choices import (
    ACTION,
    set_automatic_choice,
    undo_automatic_choice,
)
from registry.services.features import StaleFeature
from tests.factories import FeatureFactory, UserFactory

CHEAP = {"policy": "cheapest"}
BEST = {"policy": "best", "max_request_usd": "0.05", "pool": "enabled"}


@pytest.fixture
def feature(db):
    return FeatureFactory(key="chat")


def choose(feature, document, **more):
    return set_automatic_choice(
        feature=feature, document=document, actor=UserFactory(), **more
    )


def known(feature):
    snapshot = load_snapshot_of(feature.organization_id)
    return snapshot.feature(feature.organization_id, feature.key).choice


def test_a_feature_without_rules_has_no_choice(feature):
    assert known(feature) is None


def test_rules_are_kept_and_served(feature):
    assert choose(feature, BEST)
    assert known(feature) == ChoiceRules(
        policy=Policy.BEST, max_request_usd=Decimal("0.05"), pool="enabled"
    )


def test_the_same_rules_change_nothing(feature):
    choose(feature, BEST)
    assert not choose(feature, {**BEST, "scarce_percent": 10, "models": []})
    assert AuditEntry.objects.filter(action=ACTION).count() == 1


def test_each_change_is_told_in_the_audit_log_and_in_the_history(feature):
    choose(feature, BEST)
    entry = AuditEntry.objects.get(action=ACTION)
    assert entry.before == {"automatic_choice": None}
    assert entry.after == {"automatic_choice": BEST}
    (event,) = feature_history(feature, 0, 10)
    assert event.title == "Automatic choice changed"
    assert "policy: best; max request usd: 0.05" in event.changes[0].after


def test_undo_goes_back_and_once_more_forth(feature):
    choose(feature, CHEAP)
    choose(feature, BEST)
    assert undo_automatic_choice(feature=feature, actor=None)
    assert feature.automatic_choice == CHEAP
    assert undo_automatic_choice(feature=feature, actor=None)
    assert feature.automatic_choice == BEST


def test_there_is_nothing_to_undo_at_first(feature):
    assert not undo_automatic_choice(feature=feature, actor=None)


def test_who_saw_an_older_version_is_told(feature):
    seen = feature.version
    choose(feature, CHEAP, expected_version=seen)
    with pytest.raises(StaleFeature):
        choose(feature, BEST, expected_version=seen)
    assert feature.automatic_choice == CHEAP


def test_rules_that_somebody_broke_leave_the_assignment_alone(feature, caplog):
    type(feature).objects.update(automatic_choice={"policy": "magic"})
    assert known(feature) is None
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"policy": "magic"}, "policy"),
        ({"accuracy": "perfect"}, "accuracy"),
        ({"max_request_usd": -1}, "max_request_usd"),
        ({"max_request_usd": "NaN"}, "max_request_usd"),
        ({"max_request_usd": "lots"}, "max_request_usd"),
        ({"max_latency_ms": 0}, "max_latency_ms"),
        ({"max_latency_ms": 1.5}, "max_latency_ms"),
        ({"tried_percent": 21}, "tried_percent"),
        ({"tried_percent": "5", "accuracy": "critical"}, "tried_percent"),
        ({"scarce_percent": 101}, "scarce_percent"),
        ({"pool": "listed"}, "models"),
        ({"pool": "listed", "models": []}, "models"),
        ({"models": ["acme/one"]}, "models"),
        ({"pool": "listed", "models": ["nonsense"]}, "models"),
        ({"pool": "listed", "models": ["a/b", "a/b"]}, "models"),
        ({"keeps_conversations": "yes"}, "keeps_conversations"),
        ({"colour": "red"}, "colour"),
        ("cheapest", "policy"),
        ([], "policy"),
    ],
)
def test_wrong_rules_are_refused_at_their_field(feature, document, field):
    with pytest.raises(ValidationError) as caught:
        choose(feature, document)
    assert field in caught.value.message_dict
    feature.refresh_from_db()
    assert feature.automatic_choice is None


def test_a_limit_of_nothing_is_a_limit(feature):
    choose(feature, {"max_request_usd": 0})
    assert known(feature).max_request_usd == 0


amounts = st.decimals(0, 20, places=2).map(str)
documents = st.fixed_dictionaries(
    {},
    optional={
        "policy": st.sampled_from([str(one) for one in Policy]),
        "accuracy": st.sampled_from(["", "basic", "critical", "odd"]),
        "max_request_usd": st.none() | amounts,
        "max_latency_ms": st.none() | st.integers(-5, 5_000),
        "tried_percent": amounts,
        "scarce_percent": st.integers(-1, 101),
        "pool": st.sampled_from(["assigned", "enabled", "listed"]),
        "models": st.lists(st.sampled_from(["a/b", "c/d", "e"]), max_size=3),
        "hurries": st.booleans() | st.none(),
    },
)


@given(documents)
def test_what_is_kept_reads_as_itself(document):
    try:
        kept = clean_choice(document)
    except FieldError:
        return
    assert clean_choice(kept) == kept
    assert clean_choice({**DEFAULTS, **kept}) == kept
    assert ChoiceRules.of(kept) == ChoiceRules.of({**DEFAULTS, **kept})
