"""The chart of a month: the days that have begun, last month and the budget."""

import datetime
import zoneinfo
from decimal import Decimal

from analytics.charts_overview import BUDGET_NAME, month_figure
from analytics.morning import day_line, months_at
from analytics.series import Line

NOW = datetime.datetime(2026, 11, 3, 12, tzinfo=datetime.UTC)
MONTHS = months_at(1, NOW, zoneinfo.ZoneInfo("Europe/Berlin"))
LINE = day_line(MONTHS)
SPENT = Line("Chat", (Decimal(4), Decimal(2), Decimal(1), *[Decimal(0)] * 27))


def names(figure) -> list[str]:
    return [one["name"] for one in figure["data"]]


def test_months_are_those_of_the_zone():
    assert (str(MONTHS.this.first), str(MONTHS.this.last)) == (
        "2026-11-01",
        "2026-11-30",
    )
    assert str(MONTHS.last.first) == "2026-10-01"
    assert MONTHS.asked.compared.until.day == 3


def test_bars_stop_today_and_last_month_goes_on():
    before = [1.0] * 30

    figure = month_figure(LINE, [SPENT], 3, before, None)

    bars, dotted = figure["data"]
    assert bars["y"] == [4, 2, 1]
    assert len(dotted["y"]) == 30
    assert figure["layout"]["xaxis"]["categoryarray"] == list(LINE.labels)


def test_a_budget_is_a_line_unless_it_would_press_the_bars_flat():
    near = month_figure(LINE, [SPENT], 3, None, Decimal(5))
    far = month_figure(LINE, [SPENT], 3, None, Decimal(80))

    assert names(near) == ["Chat", BUDGET_NAME]
    assert names(far) == ["Chat"]


def test_a_month_without_a_call_still_shows_the_last_one():
    assert names(month_figure(LINE, [], 3, [2.0] * 30, None))[-1] == "last month"
    assert month_figure(LINE, [], 3, None, None) is None


def test_on_the_first_of_a_month_a_trend_goes_back():
    first = months_at(1, NOW.replace(day=1), zoneinfo.ZoneInfo("UTC"))

    assert first.trend.days == 14
