"""Differences, break-even, return and features on the page."""

import pytest

from registry.models import Assignment, AssignmentRevision
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    ModelSettingFactory,
    PriceFactory,
)

URL = "/calculator/"


def priced(model_name, usd, organization=None, **facts):
    ai_model = AIModelFactory(model_name=model_name, **facts)
    PriceFactory(ai_model=ai_model, input_usd=usd, output_usd=usd)
    if organization:
        ModelSettingFactory(organization=organization, ai_model=ai_model)
    return ai_model


def assign(feature, ai_model):
    revision = AssignmentRevision.objects.create(
        feature=feature, number=1, ai_model=ai_model, actor_label="test"
    )
    Assignment.objects.create(feature=feature, revision=revision, revision_number=1)


def calculation(client, **query):
    return client.get(URL, {"cache": "0", **query}).context["calculation"]


def test_differences_are_against_the_model_that_features_use(editor, organization):
    today = priced("today", "2", organization)
    priced("half", "1", organization)
    assign(FeatureFactory(organization=organization), today)

    result = calculation(editor)

    half, current = result.rows
    assert current.is_baseline
    assert (half.change_percent, half.change_usd) == (-50, -half.monthly_usd)


def test_differences_are_against_the_model_that_was_asked_for(editor, organization):
    priced("a", "1", organization)
    priced("b", "3", organization)

    result = calculation(editor, base="openai/b")

    assert result.baseline.reference == "openai/b"


def test_without_an_assignment_there_is_no_difference(editor, organization):
    priced("a", "1", organization)

    result = calculation(editor)

    assert result.baseline is None
    assert result.rows[0].change_percent is None


def test_a_feature_is_shown_beside_the_best_that_suit_it(editor, organization):
    today = priced("today", "5", organization, capabilities=["tools"])
    priced("suits", "2", organization, capabilities=["tools"])
    priced("lacks-tools", "1", organization)
    priced("not-enabled", "1", capabilities=["tools"])
    feature = FeatureFactory(organization=organization, required_capabilities=["tools"])
    assign(feature, today)

    (cost,) = calculation(editor).features

    assert cost.today.reference == "openai/today"
    assert [row.reference for row in cost.alternatives] == ["openai/suits"]
    assert cost.saving_usd == cost.today.monthly_usd - cost.alternatives[0].monthly_usd


def test_a_feature_of_another_organisation_is_not_shown(editor):
    assign(FeatureFactory(), priced("theirs", "1"))

    assert calculation(editor).features == ()


def test_an_own_option_is_a_row_and_breaks_even(editor, organization):
    priced("api", "1", organization)

    result = calculation(
        editor,
        requests="100000",
        input_tokens="1000",
        output_tokens="1000",
        own_name="GPU",
        own_fixed="340",
        own_capacity="400000",
    )

    assert [row.label for row in result.rows] == ["api", "GPU"]
    assert result.rows[1].monthly_usd == 340
    assert result.break_even.crossings[0].volume == 170_000


def test_two_models_are_compared_when_asked_for(editor, organization):
    priced("a", "1", organization)
    priced("b", "3", organization)

    body = editor.get(URL, {"first": "openai/a", "second": "openai/b"})

    assert "openai/a is cheaper at every volume" in body.content.decode()


@pytest.mark.parametrize("second", ["openai/gone", "own"])
def test_a_break_even_with_nothing_says_so(editor, organization, second):
    priced("a", "1", organization)

    result = calculation(editor, second=second)

    assert result.break_even is None
    assert "No cost per item is known" in result.break_even_note


def test_a_return_is_shown_for_the_option_asked_for(editor, organization):
    priced("a", "1", organization)
    priced("b", "2", organization)

    result = calculation(
        editor,
        requests="1000",
        input_tokens="1000",
        output_tokens="0",
        value="0.01",
        roi_of="openai/b",
    )

    assert result.roi_row.reference == "openai/b"
    assert result.roi.net_usd == 8


def test_no_requests_cost_nothing_and_divide_by_nothing(editor, organization):
    priced("a", "1", organization)

    response = editor.get(URL, {"requests": "0", "own_fixed": "5", "value": "1"})

    assert response.status_code == 200
    assert response.context["calculation"].rows[0].monthly_usd == 0
