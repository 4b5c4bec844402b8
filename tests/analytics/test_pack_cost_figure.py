from decimal import Decimal

from analytics.charts import CostPair, projected_cost_figure


def pair(name, before, after):
    return CostPair(name, Decimal(before), Decimal(after))


def test_the_dearest_features_come_first_and_the_rest_together():
    pairs = [pair(f"f{number}", number, 1) for number in range(1, 10)]

    figure = projected_cost_figure(pairs, "Now", "Mixed")

    now, then = figure["data"]
    assert now["x"] == ["f9", "f8", "f7", "f6", "f5", "Other"]
    assert now["y"] == [9.0, 8.0, 7.0, 6.0, 5.0, 10.0]
    assert then["y"][-1] == 4.0
    assert (now["name"], then["name"]) == ("Now", "Mixed")


def test_features_that_cost_nothing_are_not_drawn():
    assert projected_cost_figure([pair("free", 0, 0)], "Now", "Mixed") is None
    figure = projected_cost_figure([pair("free", 0, 0), pair("a", 0, 2)], "Now", "M")
    assert figure["data"][0]["x"] == ["a"]


def test_names_that_begin_alike_are_two_bars():
    long = "photo tagging of the archive"
    figure = projected_cost_figure(
        [pair(f"{long}, old", 0, 2), pair(f"{long}, new", 0, 1)], "Now", "Then"
    )

    assert len(set(figure["data"][0]["x"])) == 2
    assert figure["layout"]["xaxis"]["ticktext"] == ["photo tagging of the …"] * 2


def test_a_name_is_no_markup_in_a_chart():
    figure = projected_cost_figure([pair("<b>bold", 0, 2)], "Now", "Then")

    assert figure["data"][0]["x"] == ["‹b›bold"]
