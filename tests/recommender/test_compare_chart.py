"""Cost against context: what is drawn, and that names stay readable."""

from decimal import Decimal

import pytest

from analytics.chart_labels import label_positions, scaled
from recommender.charts import cost_against_context
from recommender.comparing import Comparison
from recommender.forms.comparison import ComparisonRequest
from recommender.queries.comparison import line_up
from recommender.queries.rows import now
from recommender.workload import TokenWorkload
from tests.factories import AIModelFactory, PriceFactory


@pytest.fixture
def compared(organization):
    """Makes the comparison of models with these input prices and windows."""

    def make(*facts: tuple[str | None, int | None], requests: int = 1000):
        references = []
        for number, (usd, window) in enumerate(facts):
            model = AIModelFactory(model_name=f"m{number}", context_window=window)
            if usd is not None:
                PriceFactory(ai_model=model, input_usd=usd, output_usd=usd)
            references.append(model.reference)
        work = TokenWorkload(input_tokens=1000, output_tokens=1000)
        asked = ComparisonRequest(tuple(references), work, requests)
        return Comparison(asked, line_up(organization, references, now()).subjects)

    return make


def test_each_model_is_a_point_at_its_cost_and_context(compared):
    figure = cost_against_context(compared(("1", 8000), ("2", 64_000)))

    (trace,) = figure["data"]
    assert trace["x"] == [2.0, 4.0]
    assert trace["y"] == [8000.0, 64_000.0]
    assert trace["text"] == ["m0", "m1"]


def test_a_model_without_price_or_context_is_not_drawn(compared):
    figure = cost_against_context(
        compared(("1", 8000), (None, 8000), ("1", None), ("2", 9000))
    )

    assert figure["data"][0]["text"] == ["m0", "m3"]


def test_one_point_is_no_chart(compared):
    assert cost_against_context(compared(("1", 8000), (None, 8000))) is None


def test_costs_over_a_decade_are_logarithmic_with_dollar_ticks(compared):
    axis = cost_against_context(compared(("1", 8000), ("50", 8000)))["layout"]["xaxis"]

    assert axis["type"] == "log"
    assert axis["ticktext"] == ["$1", "$2", "$5", "$10", "$20", "$50", "$100", "$200"]


def test_a_free_month_is_drawn_at_zero(compared):
    figure = cost_against_context(compared(("0", 8000), ("50", 8000)))

    assert figure["data"][0]["x"][0] == 0
    assert "type" not in figure["layout"]["xaxis"]


def test_names_of_close_points_do_not_cover_one_another():
    positions = label_positions(
        ["mistral-large-2512", "gpt-5-mini", "elsewhere"],
        [0.4, 0.41, 1],
        [0.2, 0.25, 1],
    )

    assert positions[0] != positions[1]


def test_equal_values_are_placed_in_the_middle():
    assert scaled([Decimal(3), Decimal(3)], is_logarithmic=True) == [0.5, 0.5]
