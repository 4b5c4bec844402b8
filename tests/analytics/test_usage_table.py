"""The table by split: its order, its rest, and that it adds up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.asked import Level
from analytics.questions import Dimension
from analytics.usage_table import usage_table
from tests.analytics.answers import answer, asked, used


def table_of(*sums, before=None, sort="spend", most=200):
    question = asked().question(split=(Dimension.MODEL,))
    parts = [(None, (number,), one) for number, one in enumerate(sums, 1)]
    then = (
        None
        if before is None
        else answer(question, *[(None, (key,), one) for key, one in before.items()])
    )
    made = answer(question, *parts)
    return usage_table(
        made, then, Level.CALL, lambda keys: (f"model {keys[0]}",), sort, most
    )


def names(table):
    return [row.names[0] for row in table.rows]


@given(
    costs=st.lists(st.decimals(0, 1000, places=6), min_size=1, max_size=30),
    most=st.integers(1, 30),
)
def test_rows_and_the_rest_add_up_to_the_total(costs, most):
    table = table_of(*[used(str(cost), 3) for cost in costs], most=most)
    rows = [*table.rows, *([table.other] if table.other else [])]

    assert sum(row.reading.sums.cost_usd for row in rows) == sum(costs)
    assert table.total.reading.sums.cost_usd == sum(costs)
    assert sum(row.reading.count for row in rows) == 3 * len(costs)
    assert table.left_out == max(0, len(costs) - most)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("spend", ["model 2", "model 1", "model 3"]),
        ("-spend", ["model 3", "model 1", "model 2"]),
        ("count", ["model 3", "model 1", "model 2"]),
        ("name", ["model 1", "model 2", "model 3"]),
        ("no such column", ["model 2", "model 1", "model 3"]),
    ],
)
def test_rows_are_in_the_order_of_a_column(sort, order):
    table = table_of(used("2", 5), used("9", 1), used("1", 7), sort=sort)

    assert names(table) == order


def test_what_is_not_known_comes_last_either_way():
    unknown = used("0", 1, unpriced_calls=1)

    for sort in ("each", "-each"):
        assert names(table_of(unknown, used("1"), sort=sort))[-1] == "model 1"


def test_a_row_tells_its_share_and_its_change():
    table = table_of(used("3"), used("1"), before={1: used("2"), 9: used("5")})
    first, second = table.rows

    assert (first.share, first.change_percent) == (0.75, Decimal(50))
    assert (second.before, second.change_percent) == (None, None)
    assert table.total.change_percent == Decimal(100) * (4 - 7) / 7
