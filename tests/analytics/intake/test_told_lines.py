"""A told call becomes the same line of COPY by the short way as by the long one."""

import datetime
import json
import uuid
from decimal import Decimal

import psycopg
import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intake.rows import Known, Meanings, told_row
from analytics.intake.told_lines import OWN, ToldLines
from analytics.recording.calls import Call
from analytics.recording.columns import ROW_COLUMNS, row_values
from analytics.recording.copy_text import copy_line
from analytics.usage_row import Outcome
from registry.resolution.price_book import PriceBook, PriceRow
from registry.usage import Usage
from tests.analytics.intake.told import told

DEAR, CHEAP = Known(1, "gpt-9"), Known(2, "gpt-9-mini")
NIGHT = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
PRICES = PriceBook.of(
    PriceRow(
        id=number,
        organization_id=None,
        model_id=model.ai_model_id,
        rates_text=json.dumps({"standard": standard}),
        effective_from=start,
        effective_to=None,
    )
    for number, model, start, standard in (
        (11, DEAR, None, {"input_mtok": "1.25", "output_mtok": "10"}),
        (12, DEAR, NIGHT, {"input_mtok": "1.1", "output_mtok": "9.99"}),
        (
            13,
            CHEAP,
            None,
            {"input_mtok": "0.1", "output_mtok": "0.4", "cache_read_mtok": "0.025"},
        ),
    )
)
MEANINGS = Meanings(
    organization_id=7,
    models={("openai", "gpt-9"): DEAR, ("openai", "gpt-9-mini-0601"): CHEAP},
    features={"planner": 5},
    prices=PRICES,
    token_id=3,
)
# What PostgreSQL's text form must have escaped, and what Python's own pattern would
# take for a place.
WORDS = st.text(st.sampled_from("a é%s%\\\t\n\r\x00\b\N{SNOWMAN}{}'\"N"), max_size=12)
COUNTS = st.integers(0, 2**31 - 1)
USAGES = st.none() | st.builds(
    lambda read, fresh, out, thought, searches: Usage(
        input_tokens=read + fresh,
        cache_read_tokens=read,
        output_tokens=out + thought,
        reasoning_tokens=thought,
        web_searches=searches,
    ),
    st.integers(0, 10**6),
    COUNTS.map(lambda count: count // 4),
    st.integers(0, 10**6),
    st.sampled_from([0, 0, 17]),
    st.sampled_from([0, 0, 0, 2]),
)
CALLS = st.builds(
    told,
    external_id=st.text(min_size=1, max_size=8),
    started_at=st.datetimes(
        datetime.datetime(2026, 5, 30),  # noqa: DTZ001 (the zone comes with timezones)
        datetime.datetime(2026, 6, 3),  # noqa: DTZ001
        timezones=st.just(datetime.UTC),
    ),
    model=st.sampled_from(["gpt-9", "gpt-9-mini-0601", "gpt-unknown%s"]),
    feature=st.sampled_from(["", "planner", "stranger"]),
    usage=USAGES,
    reported_usd=st.none() | st.sampled_from([Decimal("0.01"), Decimal("1E-7")]),
    is_provider_cost=st.booleans(),
    outcome=st.sampled_from(Outcome),
    latency_ms=st.none() | st.floats(0, 10**6),
    ttft_ms=st.none() | st.floats(0, 10**6),
    error_kind=st.sampled_from(["", "rate_limit"]),
    error_message=st.just("") | WORDS,
    status_code=st.none() | st.sampled_from([200, 429]),
    finish_reason=st.sampled_from(["", "stop", "100%s"]),
    is_stream=st.booleans(),
    provider_request_id=st.just("") | WORDS,
    prompt_name=st.sampled_from(["", "", "greeting"]),
    tags=st.just({}) | st.dictionaries(st.sampled_from("ab"), WORDS, max_size=2),
)


def long_way(call, own_id, request_id) -> str:
    row = told_row(call, MEANINGS, own_id, request_id)
    return copy_line(row_values(Call(row)))


@settings(max_examples=150, deadline=None)
@given(calls=st.lists(CALLS, min_size=1, max_size=25))
def test_calls_of_one_kind_are_written_as_if_each_had_been_worked_out_alone(calls):
    lines = ToldLines(MEANINGS)
    for number, call in enumerate(calls):
        own_id = uuid.UUID(int=number)
        # Told twice: the second time its kind is known for certain.
        for request_id in (own_id, uuid.UUID(int=1000 + number)):
            expected = long_way(call, own_id, request_id)
            assert lines.line(call, own_id, request_id).text == expected


def test_what_differs_within_a_kind_are_columns_of_the_table():
    assert OWN.issubset(ROW_COLUMNS)


def test_a_line_counts_what_has_no_price_and_no_model():
    own_id = uuid.UUID(int=1)
    lines = ToldLines(MEANINGS)
    priced = lines.line(told(), own_id, own_id)
    strange = lines.line(told(model="gpt-unknown"), own_id, own_id)
    assert (priced.is_unpriced, priced.is_unknown_model) == (False, False)
    assert (strange.is_unpriced, strange.is_unknown_model) == (True, True)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.decimals(allow_nan=False, allow_infinity=False, places=12),
    st.uuids(),
    st.datetimes(timezones=st.just(datetime.UTC)),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
)
TYPES = {
    "a_bool": bool,
    "a_number": int,
    "a_decimal": Decimal,
    "an_id": uuid.UUID,
    "a_moment": datetime.datetime,
    "a_text": str,
}


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(value=VALUES)
def test_a_value_written_as_text_is_stored_as_psycopg_itself_would_store_it(value):
    column = next(
        (name for name, kind in TYPES.items() if type(value) is kind), "a_text"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS both_ways (a_bool bool, "
            "a_number int, a_decimal numeric, an_id uuid, a_moment timestamptz, "
            "a_text text)"
        )
        cursor.execute("TRUNCATE both_ways")
        statement = psycopg.sql.SQL("COPY both_ways ({}) FROM STDIN").format(
            psycopg.sql.Identifier(column)
        )
        with cursor.copy(statement) as copy:
            copy.write_row([value])
            copy.write(copy_line([value]))
        cursor.execute(
            psycopg.sql.SQL("SELECT {} FROM both_ways").format(
                psycopg.sql.Identifier(column)
            )
        )
        (theirs,), (ours,) = cursor.fetchall()
    assert ours == theirs == value
