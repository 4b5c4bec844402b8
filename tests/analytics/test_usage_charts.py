"""What is drawn of answers, and what is said where there is little to draw."""

from decimal import Decimal

from analytics.asked import Level
from analytics.charts_usage import success_band
from analytics.periods import Comparison, whole_days
from analytics.questions import Dimension
from analytics.series import along, stacked
from analytics.sums import Sums
from analytics.timeline import timeline
from analytics.usage_cards import (
    Answers,
    economy_cards,
    latency_cards,
    quality_cards,
    spend_card,
    use_cards,
)
from analytics.wilson import wilson
from tests.analytics.answers import (
    FIRST,
    LAST,
    NOW,
    UTC,
    answer,
    asked,
    day,
    took,
    used,
)

STEP = asked().step
LINE = timeline(whole_days(FIRST, LAST, UTC), STEP, NOW)


def series_of(*parts):
    question = asked().question(step=STEP, split=(Dimension.MODEL,))
    return answer(question, *parts)


def answers(state=None, steps=(), parts=(), errors=(), before=None):
    state = state or asked()
    return Answers(
        state,
        answer(state.question(step=STEP), *steps),
        answer(state.question(step=STEP, split=state.split), *parts),
        answer(state.question(step=STEP, split=(Dimension.ERROR,)), *errors),
        steps_before=before,
    )


def test_a_step_without_calls_is_a_step_all_the_same():
    found = along(series_of((day(0), (1,), used("2")), (day(2), (1,), used("3"))), LINE)

    assert [one.cost_usd for one in found] == [Decimal(2), 0, Decimal(3)]


def test_of_many_series_the_small_ones_are_one_and_nothing_is_lost():
    parts = [(day(0), (number,), used(str(number))) for number in range(1, 10)]
    lines = stacked(series_of(*parts), LINE, lambda one: one.cost_usd, str)

    assert len(lines) == 7
    assert [one.total for one in lines] == [9, 8, 7, 6, 5, 4, 1 + 2 + 3]
    assert lines[-1].name == "Other"
    assert sum(one.total for one in lines) == 45


def test_spend_is_drawn_over_the_period_before():
    state = asked(Comparison.PREVIOUS)
    before = answer(
        state.question(period=state.compared, step=STEP),
        (state.compared.start, (), used("7")),
    )
    steps = [(day(0), (), used("2"))]
    card = spend_card(
        answers(state, steps, [(day(0), (1,), used("2"))], before=before),
        lambda keys: f"model {keys[0]}",
        "model",
    )

    bars, dotted = card.figure["data"]
    assert (bars["name"], bars["y"]) == ("model 1", [2.0, 0.0, 0.0])
    assert bars["x"] == ["2 Nov", "3 Nov", "4 Nov"]
    assert dotted["y"] == [7.0, 0.0, 0.0]
    assert card.legend == ((1, "model 1"), (0, "before, dotted"))


def test_names_cannot_make_html_of_a_chart():
    steps = [(day(0), (1,), used("2"))]
    card = spend_card(answers(steps=steps, parts=steps), lambda _: "<b>x</b>", "")

    assert card.figure["data"][0]["name"] == "‹b›x‹/b›"


def test_unpriced_use_is_not_drawn_as_free():
    unpriced = used("0", 4, unpriced_calls=4)
    steps = [(day(0), (), unpriced)]
    card = spend_card(answers(steps=steps, parts=steps), str, "")

    assert card.figure is None
    assert "no call of this period is priced" in card.empty
    assert card.foot == "100.0% of calls not priced."


def test_a_percentile_needs_enough_calls():
    steps = [
        (day(0), (), used(latency=took(*range(100, 120)))),
        (day(1), (), used(latency=took(500, 600))),
    ]
    latency, first_token = latency_cards(answers(steps=steps))

    assert [one["name"] for one in latency.figure["data"]] == ["p95", "p50"]
    p95, p50 = (one["y"] for one in latency.figure["data"])
    assert round(p95[0], 2) == 0.12
    assert p95[1:] == [None, None]
    assert p50[1] is None
    assert first_token.figure is None
    assert first_token.empty.startswith("Not enough data")


def test_success_is_drawn_within_its_interval_and_a_cut_axis_is_told():
    steps = [(day(0), (), used("1", 1000, answered=990, ok_calls=990))]
    success, _ = quality_cards(answers(steps=steps))
    high, low, share = (one["y"][0] for one in success.figure["data"])

    assert low < share == 99.0 < high
    assert "The axis is cut." in success.foot
    assert success.title == "Requests answered"


def test_of_one_model_calls_are_counted_and_not_requests():
    state = asked(only={Dimension.MODEL: frozenset({1})})
    sums = used("1", 10, requests=0, answered=3, ok_calls=9)
    success, _ = quality_cards(answers(state, [(day(0), (), sums)]))

    assert state.level is Level.CALL
    assert success.title == "Calls that went well"
    assert success.figure["data"][2]["y"][0] == 90.0


def test_no_rate_is_no_band():
    assert success_band(LINE, [None, None, None]) is None
    lonely = success_band(LINE, [None, wilson(1, 1), None])
    assert lonely["data"][2]["mode"] == "lines+markers"


def test_a_day_of_few_requests_does_not_set_the_axis():
    quiet = success_band(LINE, [wilson(990, 1000), wilson(3, 3), None])
    usual = success_band(LINE, [wilson(990, 1000), None, None])

    assert quiet["layout"]["yaxis"]["range"] == usual["layout"]["yaxis"]["range"]


def test_errors_are_stacked_by_class_without_what_went_well():
    errors = [
        (day(0), (None,), used("1", 50)),
        (day(0), ("rate_limit",), Sums(calls=3, error_calls=3)),
        (day(1), ("made_up",), Sums(calls=1, truncated_calls=1)),
    ]
    _, card = quality_cards(answers(steps=[(day(0), (), used())], errors=errors))

    assert [(one["name"], one["y"]) for one in card.figure["data"]] == [
        ("Rate limit of the provider", [3.0, 0.0, 0.0]),
        ("Made up", [0.0, 1.0, 0.0]),
    ]


def test_without_calls_each_card_says_so():
    empty = answers()
    cards = [
        spend_card(empty, str, ""),
        *use_cards(empty),
        *latency_cards(empty),
        *quality_cards(empty),
        *economy_cards(empty),
    ]

    assert [card.figure for card in cards] == [None] * 9
    assert all("." in card.empty for card in cards)


def test_a_figure_that_is_the_same_has_the_same_digest():
    steps = [(day(0), (), used())]
    first, again = (economy_cards(answers(steps=steps))[1] for _ in range(2))
    other = economy_cards(answers(steps=[(day(1), (), used())]))[1]

    assert first.digest == again.digest != other.digest
