"""The projected spend: step by step, with names that can be read."""

from decimal import Decimal

from recommender.charts_recommendations import spend_figure
from recommender.models import Recommendation
from registry.models import Feature


def suggestion(name, saving_usd):
    saved = None if saving_usd is None else Decimal(saving_usd)
    return Recommendation(feature=Feature(name=name), saving_usd=saved)


def test_each_bar_is_what_is_left_after_one_more_suggestion():
    found = [suggestion("Chat", 40), suggestion("Search", 10)]
    (bars,) = spend_figure(found, Decimal(100))["data"]

    assert bars["x"] == [100.0, 60.0, 50.0]
    assert bars["text"] == ["$100", "$60.00", "$50.00"]


def test_one_that_costs_more_makes_its_bar_longer():
    (bars,) = spend_figure([suggestion("Chat", -5)], Decimal(100))["data"]

    assert bars["x"] == [100.0, 105.0]


def test_a_saving_that_is_not_known_has_no_bar():
    found = [suggestion("Chat", None), suggestion("Search", 10)]
    axis = spend_figure(found, Decimal(100))["layout"]["yaxis"]

    assert axis["ticktext"] == ["Now", "Search"]


def test_features_called_alike_have_a_bar_each_and_long_names_are_cut():
    found = [suggestion("A feature with a very long name", 1)] * 2
    axis = spend_figure(found, Decimal(100))["layout"]["yaxis"]

    assert axis["tickvals"] == [0, 1, 2]
    assert axis["ticktext"][1] == axis["ticktext"][2] == "A feature with a …"
