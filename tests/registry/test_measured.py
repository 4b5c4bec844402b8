"""What was measured of a model reaches its indicators, with interval, count, day."""

import datetime

import pytest
from django.utils import timezone

from registry import levels
from registry.measured import Indicator, Measured, MeasuredBy
from registry.models import ModelMeasurement
from registry.queries.model_cards import card_of
from registry.queries.model_measurements import measured_of
from registry.services.model_measurements import note_measured
from tests.factories import AIModelFactory, OrganizationFactory

DAY = datetime.date(2026, 11, 21)
BENCHMARK, PRODUCTION = MeasuredBy.BENCHMARK, MeasuredBy.PRODUCTION
RATED = {"overall": {"score": 1440, "source": "Arena", "read_on": "2026-10-20"}}


def speed(value=92.0, by=BENCHMARK, low=85.0, high=99.0, count=50) -> Measured:
    return Measured(Indicator.SPEED, by, value, low, high, count, DAY)


def test_speed_has_a_level_once_it_is_measured():
    level = levels.speed([speed()])

    assert (level.value, level.value_text) == (4, "92 tok/s")
    assert "92 tok/s (95%: 85 to 99 tok/s) in benchmarks, 50 cases" in level.source
    assert "21 Nov 2026" in level.source


@pytest.mark.parametrize(
    ("value", "level"), [(1, 1), (15, 2), (39.9, 2), (40, 3), (80, 4), (150, 5)]
)
def test_levels_of_speed_begin_where_the_rule_says(value, level):
    assert levels.speed([speed(float(value))]).value == level


def test_production_says_more_than_benchmarks():
    level = levels.speed([speed(200.0), speed(20.0, PRODUCTION, count=1204)])

    assert level.value == 2
    assert "in production, 1,204 calls" in level.source


def test_too_little_for_an_interval_is_said():
    assert "not enough data" in levels.speed([speed(low=None, high=None)]).source


def test_accuracy_keeps_what_is_documented_and_says_what_was_measured():
    found = Measured(Indicator.ACCURACY, BENCHMARK, 81.0, 75.0, 86.0, 40, DAY)

    level = levels.accuracy(RATED, [found])

    assert (level.value, level.text) == (4, "1440")
    assert "Measured: 81.0 of 100 (95%: 75.0 to 86.0 of 100)" in level.source


def test_accuracy_that_nobody_rates_is_that_of_own_benchmarks():
    found = Measured(Indicator.ACCURACY, BENCHMARK, 81.0, 75.0, 86.0, 40, DAY)

    level = levels.accuracy({}, [found])

    assert (level.value, level.text) == (4, "81.0 of 100")
    assert "no source rates it" in level.source


def test_reliability_is_never_full_where_something_failed():
    found = Measured(
        Indicator.RELIABILITY, PRODUCTION, 0.99999, 0.9999, 1.0, 99_999, DAY
    )

    assert levels.reliability([found]).text == "99.99%"
    assert levels.reliability([]).value is None


@pytest.mark.django_db
def test_saying_it_anew_replaces_only_what_the_same_measured(organization):
    a, b = AIModelFactory(), AIModelFactory()
    other = OrganizationFactory()
    for where in (organization, other):
        note_measured(
            organization=where,
            measured_by=BENCHMARK,
            found={a.pk: [speed()], b.pk: [speed()]},
        )
    note_measured(
        organization=organization,
        measured_by=PRODUCTION,
        found={a.pk: [speed(by=PRODUCTION)]},
    )

    note_measured(
        organization=organization,
        measured_by=BENCHMARK,
        found={a.pk: [speed(7.0)]},
        only={a.pk},
    )
    found = measured_of(organization, [a.pk, b.pk])
    assert [one.value for one in found[a.pk]] == [7.0, 92.0]
    assert [one.value for one in found[b.pk]] == [92.0]

    note_measured(organization=organization, measured_by=BENCHMARK, found={})
    assert [one.measured_by for one in measured_of(organization, [a.pk])[a.pk]] == [
        PRODUCTION
    ]
    assert measured_of(other, [a.pk])[a.pk][0].value == 92.0


@pytest.mark.django_db
def test_own_benchmarks_recommend_no_use(organization):
    model = AIModelFactory(capabilities=["text_generation", "code"])
    before = card_of(model, organization, timezone.now()).recommended_uses
    perfect = Measured(Indicator.ACCURACY, BENCHMARK, 100.0, 95.0, 100.0, 60, DAY)
    note_measured(
        organization=organization, measured_by=BENCHMARK, found={model.pk: [perfect]}
    )

    card = card_of(model, organization, timezone.now())

    assert card.accuracy.value == 5
    assert card.recommended_uses == before


@pytest.mark.django_db
def test_a_model_that_is_gone_is_left_out(organization):
    note_measured(
        organization=organization, measured_by=BENCHMARK, found={999_999: [speed()]}
    )

    assert not ModelMeasurement.objects.exists()


@pytest.mark.django_db
def test_cards_and_pages_show_what_was_measured(viewer, organization):
    model = AIModelFactory(model_name="quick")
    failing = Measured(Indicator.RELIABILITY, BENCHMARK, 0.9, 0.8, 0.95, 30, DAY)
    note_measured(
        organization=organization,
        measured_by=BENCHMARK,
        found={model.pk: [speed(), failing]},
    )

    for page in (f"/models/?q={model.model_name}", model.get_absolute_url()):
        said = viewer.get(page).text
        assert "92 tok/s" in said
        assert "90.0%" in said
        assert "Speed: not measured yet" not in said
