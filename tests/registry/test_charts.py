import datetime
from decimal import Decimal

from registry.charts import PricePoint, price_history_figure

TODAY = datetime.date(2026, 11, 21)


def point(day, input_usd, output_usd):
    return PricePoint(
        datetime.date.fromisoformat(day),
        None if input_usd is None else Decimal(input_usd),
        None if output_usd is None else Decimal(output_usd),
    )


def test_a_price_holds_until_the_next_and_the_last_until_today():
    figure = price_history_figure(
        [point("2026-01-01", "1", "4"), point("2026-06-01", "0.5", "2")], TODAY
    )
    output, given = figure["data"]

    assert output["x"] == ["2026-01-01", "2026-06-01", "2026-11-21"]
    assert (output["y"], given["y"]) == ([4, 2, 2], [1, 0.5, 0.5])
    assert output["line"]["shape"] == "hv"


def test_an_unknown_price_is_a_gap_and_never_zero():
    figure = price_history_figure(
        [point("2026-01-01", "1", None), point("2026-06-01", "2", "3")], TODAY
    )

    assert figure["data"][0]["y"] == [None, 3, 3]


def test_a_price_that_is_never_known_is_not_drawn():
    figure = price_history_figure([point("2026-01-01", "1", None)], TODAY)

    assert [one["name"] for one in figure["data"]] == ["Input"]


def test_small_prices_keep_their_digits_on_the_axis():
    small = price_history_figure([point("2026-01-01", "0.002", "0.02")], TODAY)
    usual = price_history_figure([point("2026-01-01", "2", "15")], TODAY)

    assert small["layout"]["yaxis"]["tickformat"] == "~g"
    assert usual["layout"]["yaxis"]["tickformat"] == ",.2f"
