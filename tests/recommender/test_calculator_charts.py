import datetime
from decimal import Decimal

from recommender.break_even import Option, break_even
from recommender.calculation import Calculation, CalculationRequest, Row
from recommender.charts_calculator import (
    break_even_figure,
    monthly_cost_figure,
    monthly_cost_series,
)
from recommender.workload import PartKind
from registry.pricing import CostState
from tests.factories import AIModelFactory


def calculation(*amounts):
    rows = tuple(
        Row(
            reference=f"openai/m{number}",
            ai_model=AIModelFactory.build(model_name=f"family/m{number}" + "x" * 30),
            state=CostState.COMPUTED,
            per_item_usd=amount,
            monthly_usd=amount,
            parts_usd={PartKind.INPUT: amount} if amount is not None else {},
        )
        for number, amount in enumerate(amounts)
    )
    return Calculation(
        request=CalculationRequest(workload=None, items=1),
        at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC),
        rows=rows,
    )


def test_bars_are_drawn_for_known_costs_only_and_cheapest_on_top():
    drawn = monthly_cost_figure(calculation(Decimal(1), Decimal(2), None))

    assert drawn["data"][0]["x"] == [2.0, 1.0]
    assert drawn["data"][0]["text"] == ["$2.00", "$1.00"]


def test_nothing_known_draws_nothing():
    assert monthly_cost_figure(calculation(None)) is None


def test_the_legend_names_only_what_is_drawn():
    assert monthly_cost_series(calculation(Decimal(1))) == [(1, "Input")]


def test_long_names_are_cut_at_the_end_of_the_path():
    drawn = monthly_cost_figure(calculation(Decimal(1)))

    label = drawn["layout"]["yaxis"]["ticktext"][0]
    assert label.startswith("m0x")
    assert len(label) == 24


def test_the_break_even_figure_marks_the_first_crossing():
    own = Option("own", Decimal(0), Decimal(340), 200_000)
    result = break_even(Option("api", Decimal("0.002")), own)

    figure = break_even_figure(result, 100_000)

    own_line = figure["data"][1]
    assert figure["layout"]["annotations"][0]["text"] == "170,000"
    assert own_line["x"][1:3] == [200_000.0, 200_000.001]
    assert own_line["y"][1:3] == [340.0, 680.0]
