"""The sample data looks like use: days, weeks, growth, and what happened."""

import datetime
import zoneinfo
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from analytics.demo.attempts import attempts
from analytics.demo.cast import chain
from analytics.demo.drafts import drafts
from analytics.demo.features import FEATURES, Part
from analytics.demo.story import Story
from analytics.demo.world import Era, Route, World
from analytics.usage_row import Outcome, Source
from registry.cost import CostState
from registry.rates import Rates
from registry.resolution.entries import PricePeriod

STORY = Story(
    datetime.datetime(2026, 11, 20, 15, tzinfo=datetime.UTC),
    28,
    zoneinfo.ZoneInfo("Europe/Berlin"),
)
PROVIDERS = {Part.LARGE: "anthropic", Part.CODE: "anthropic", Part.VISION: "google"}


def price_at(model_id: int, at: datetime.datetime) -> PricePeriod:
    """A fifth cheaper from the day of the price change on."""
    rate = "4" if at >= STORY.price_changed_at else "5"
    rates = Rates({"standard": {"input_mtok": rate, "output_mtok": rate}})
    return PricePeriod(1, rates, None, None)


def make_era(since: datetime.datetime, pack: int) -> Era:
    routes = {
        part: Route(part, f"{PROVIDERS.get(part, 'openai')}/{part}", number, number)
        for number, part in enumerate(Part, start=1)
    }
    return Era(
        since=since,
        pack_version_id=pack,
        routes={
            one.key: tuple(routes[part] for part in chain(one.part)) for one in FEATURES
        },
        revisions={one.key: pack for one in FEATURES},
        prompt_version_ids={},
    )


WORLD = World(
    story=STORY,
    organization_id=1,
    feature_ids={one.key: number for number, one in enumerate(FEATURES)},
    eras=(make_era(STORY.starts_at, 1), make_era(STORY.switched_at, 2)),
    token_ids=(1, 2, 3),
    failing_provider="anthropic",
    price_at=price_at,
)


@pytest.fixture(scope="module")
def requests():
    return [
        (draft, attempts(draft, WORLD))
        for draft in drafts(STORY, requests_per_day=300, seed=3)
    ]


@pytest.fixture(scope="module")
def rows(requests):
    return [row for _, told in requests for row in told]


def test_the_same_seed_and_end_give_the_same_rows(requests):
    again = drafts(STORY, requests_per_day=300, seed=3)
    some = [(draft, attempts(draft, WORLD)) for draft, _ in zip(again, range(500))]  # noqa: B905  # the first of them
    assert some == requests[:500]


def test_another_seed_gives_others(requests):
    other = next(drafts(STORY, requests_per_day=300, seed=4))
    assert other != requests[0][0]


def test_about_as_many_requests_as_asked_for(requests):
    days = (STORY.ends_at - STORY.starts_at) / datetime.timedelta(days=1)
    assert len(requests) == pytest.approx(300 * days, rel=0.08)


def test_weekdays_bring_more_than_weekends(requests):
    days = Counter(draft.at.astimezone(STORY.zone).date() for draft, _ in requests)
    whole = {day: n for day, n in days.items() if day < STORY.ends_at.date()}
    work = [n for day, n in whole.items() if day.weekday() < 5]
    rest = [n for day, n in whole.items() if day.weekday() >= 5]
    assert min(work) > max(rest)


def test_use_grows(requests):
    weeks = Counter((draft.at - STORY.starts_at).days // 7 for draft, _ in requests)
    assert weeks[2] > weeks[0] * 1.1


def test_nothing_happens_outside_the_period(rows, requests):
    moments = [draft.at for draft, _ in requests]
    assert STORY.starts_at <= min(moments)
    assert max(moments) < STORY.ends_at


def test_the_incident_is_seen_and_others_answer(requests):
    in_it = [
        told
        for draft, told in requests
        if STORY.incident_from <= draft.at < STORY.incident_until
        and draft.feature.part is Part.LARGE
        and told[0].source is Source.GATEWAY
    ]
    troubled = [told for told in in_it if len(told) > 1 or told[0].trace]
    assert len(troubled) > len(in_it) / 2
    answered = [told for told in troubled if told[-1].answered]
    assert len(answered) > len(troubled) * 0.8
    assert all(told[-1].ai_model_id != 2 or len(told) > 1 for told in answered)


def test_the_price_change_changes_what_a_token_costs(rows):
    def rate(told):
        priced = [row for row in told if row.usage and row.price_id]
        tokens = sum(row.usage.input_tokens + row.usage.output_tokens for row in priced)
        return sum(row.cost.total_usd for row in priced) * 1_000_000 / tokens

    before = [row for row in rows if row.started_at < STORY.price_changed_at]
    after = [row for row in rows if row.started_at >= STORY.price_changed_at]
    assert rate(before) == Decimal(5)
    assert rate(after) == Decimal(4)


def test_the_pack_is_switched_in_the_middle(rows):
    packs = {
        row.started_at >= STORY.switched_at: set() for row in rows
    }  # before and after
    for row in rows:
        if row.pack_version_id and row.attempt == 1:
            packs[row.started_at >= STORY.switched_at].add(row.pack_version_id)
    assert packs == {False: {1}, True: {2}}


def test_everything_that_pages_tell_apart_is_there(rows):
    assert {row.source for row in rows} == {
        Source.GATEWAY,
        Source.OTLP,
        Source.IMPORT,
    }
    assert {row.outcome for row in rows} >= {
        Outcome.OK,
        Outcome.ERROR,
        Outcome.CANCELLED,
        Outcome.TRUNCATED,
    }
    unpriced = [row for row in rows if row.cost.state is CostState.UNPRICED]
    assert unpriced
    assert all(row.ai_model_id is None and row.model_name for row in unpriced)


def test_only_one_attempt_answers(requests):
    assert all(sum(row.answered for row in told) <= 1 for _, told in requests)
    assert all(
        [row.attempt for row in told] == list(range(1, len(told) + 1))
        for _, told in requests
    )


@pytest.mark.parametrize("days", [6, 366])
def test_a_period_too_short_or_too_long_is_refused(days):
    with pytest.raises(ValueError, match="Give 7 to 365 days"):
        replace(STORY, days=days)
