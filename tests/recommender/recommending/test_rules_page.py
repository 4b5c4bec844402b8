"""Weights by use case and limits, as the organisation wants them."""

from decimal import Decimal

import pytest

from recommender.models import RecommendationLimits, ScoringWeights
from recommender.queries.recommending import recommend_for_feature
from recommender.queries.scoring_rules import limits_of
from registry.models import AuditEntry

URL = "/recommendations/rules/"
PARTS = ("suitability", "quality", "latency", "reliability", "cost")


def typed(use_case="chat", **values):
    return {"use_case": use_case, **dict.fromkeys(PARTS, "0"), **values}


def test_weights_are_saved_with_an_audit_entry_and_used(editor, organization, support):
    editor.post(URL + "weights/", typed(cost="3", quality="1"))
    row = ScoringWeights.objects.get(organization=organization)
    assert (row.use_case, row.cost, row.latency) == ("chat", 3, 0)
    assert AuditEntry.objects.filter(action="scoring_weights.changed").exists()
    shares = recommend_for_feature(support, use_case="chat").weights.shares
    assert shares["cost"] == 0.75
    assert "Yours" in editor.get(URL).text


def test_all_zero_is_refused_in_words_and_the_entries_stay(editor, organization):
    page = editor.post(URL + "weights/", typed())
    assert page.status_code == 422
    assert "All weights are 0" in page.text
    assert not ScoringWeights.objects.exists()


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "many", "101"])
def test_what_is_no_weight_is_refused(editor, value):
    page = editor.post(URL + "weights/", typed(cost=value))
    assert page.status_code == 422
    assert "Cost:" in page.text


def test_an_unknown_use_case_is_refused(editor):
    page = editor.post(URL + "weights/", typed("nonsense", cost="1"))
    assert page.status_code == 422
    assert not ScoringWeights.objects.exists()


def test_a_reset_takes_the_usual_ones(editor, organization):
    editor.post(URL + "weights/", typed(cost="3"))
    editor.post(URL + "weights/", typed(cost="3", reset="1"))
    assert not ScoringWeights.objects.exists()
    assert "Yours" not in editor.get(URL).text


def test_limits_are_saved_and_wrong_ones_refused(editor, organization):
    wished = {
        "margin_points": "3.5",
        "least_success_percent": "90",
        "least_saving_usd": "10",
    }
    editor.post(URL + "limits/", wished)
    found = limits_of(organization)
    assert (found.margin_points, found.least_saving_usd) == (3.5, Decimal(10))
    page = editor.post(URL + "limits/", wished | {"margin_points": "0"})
    assert page.status_code == 422
    assert RecommendationLimits.objects.get().margin_points == 3.5


def test_a_viewer_sets_nothing(viewer):
    assert viewer.get(URL).status_code == 200
    assert viewer.post(URL + "weights/", typed(cost="1")).status_code == 403
    assert viewer.post(URL + "limits/", {}).status_code == 403
