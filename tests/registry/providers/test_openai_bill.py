"""What a provider says of its own bill: the cost, and the tier that served the call."""

import math
from decimal import Decimal

import pytest

from registry.providers.openai_usage import charged_usd
from registry.providers.table import row_for

OPENROUTER = row_for("openrouter").quirks


def test_a_cost_is_heard_where_the_provider_reports_one():
    assert charged_usd({"cost": 0.00125}, OPENROUTER) == Decimal("0.00125")


def test_nothing_charged_is_a_cost_too():
    assert charged_usd({"cost": 0}, OPENROUTER) == 0


def test_the_same_word_of_another_provider_is_not_trusted():
    assert charged_usd({"cost": 0.00125}, row_for("groq").quirks) is None


@pytest.mark.parametrize(
    "reported", [None, {}, {"cost": "free"}, {"cost": True}, {"cost": -1}, 7]
)
def test_what_is_no_cost_is_none(reported):
    assert charged_usd(reported, OPENROUTER) is None


def test_an_infinite_cost_is_none():
    assert charged_usd({"cost": math.inf}, OPENROUTER) is None
