"""A comparison shows what the organisation measured itself."""

import datetime

import pytest

from registry.measured import Indicator, Measured, MeasuredBy
from registry.services.model_measurements import note_measured
from tests.factories import AIModelFactory

DAY = datetime.date(2026, 11, 21)


@pytest.fixture
def models(db):
    return AIModelFactory(model_name="quick"), AIModelFactory(model_name="slow")


def measured(indicator, value, low=None, high=None) -> Measured:
    return Measured(indicator, MeasuredBy.BENCHMARK, value, low, high, 40, DAY)


def page(editor, models) -> str:
    return editor.get("/compare/", {"m": [one.reference for one in models]}).text


def test_speed_is_compared_once_it_is_measured(editor, organization, models):
    assert "Not measured yet." in page(editor, models)
    quick, slow = models
    note_measured(
        organization=organization,
        measured_by=MeasuredBy.BENCHMARK,
        found={
            quick.pk: [measured(Indicator.SPEED, 90.0, 80.0, 99.0)],
            slow.pk: [measured(Indicator.SPEED, 20.0, 18.0, 22.0)],
        },
    )

    said = page(editor, models)

    assert "Not measured yet." not in said
    assert "90 tok/s" in said
    assert "80 to 99 tok/s" in said
    assert "40 cases, benchmark, 21 Nov 2026" in said


def test_scores_of_different_cases_have_no_winner(editor, organization, models):
    quick, slow = models
    note_measured(
        organization=organization,
        measured_by=MeasuredBy.BENCHMARK,
        found={
            quick.pk: [measured(Indicator.ACCURACY, 90.0, 80.0, 99.0)],
            slow.pk: [measured(Indicator.ACCURACY, 20.0, 18.0, 22.0)],
        },
    )

    row = page(editor, models).split("Accuracy, own benchmarks")[1].split("</tr>")[0]

    assert "90.0 of 100" in row
    assert "best" not in row
