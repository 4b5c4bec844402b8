"""Each format of usage files is told by its names and read as it is meant."""

import datetime
import io
import json
from decimal import Decimal

import pytest

from analytics.intake.fields import NoCall, Unfit
from analytics.intake.files import entries_of, pieces_of, start_of
from analytics.intake.formats import NotRecognised, recognise
from analytics.intake.invoices import InvoiceFigure, summed
from analytics.usage_row import Outcome
from registry.usage import Usage

LITELLM = {
    "request_id": "chatcmpl-1",
    "call_type": "acompletion",
    "spend": 0.0021,
    "prompt_tokens": 1000,
    "completion_tokens": 200,
    "startTime": "2026-11-20 09:00:00.000",
    "endTime": "2026-11-20 09:00:02.500",
    "completionStartTime": "2026-11-20 09:00:00.500",
    "model": "gpt-5-mini",
    "custom_llm_provider": "azure",
    "cache_hit": "False",
    "team_id": "shop",
    "metadata": {
        "usage_object": {
            "prompt_tokens_details": {"cached_tokens": 400},
            "completion_tokens_details": {"reasoning_tokens": 50},
        }
    },
}
LANGFUSE = {
    "id": "obs-1",
    "traceId": "trace-1",
    "type": "GENERATION",
    "name": "answer",
    "startTime": "2026-11-20T09:00:00.000Z",
    "endTime": "2026-11-20T09:00:01.000Z",
    "model": "claude-opus-4-6",
    "level": "DEFAULT",
    "usageDetails": {
        "input": 100,
        "cache_read_input_tokens": 900,
        "output": 50,
        "total": 1050,
    },
    "costDetails": {"total": 0.01},
}
HELICONE = {
    "request_id": "req-1",
    "request_created_at": "2026-11-20T09:00:00Z",
    "response_status": 429,
    "request_model": "gpt-5-mini",
    "provider": "OPENAI",
    "prompt_tokens": 10,
    "completion_tokens": 0,
    "delay_ms": 120,
    "request_properties": {"Helicone-Property-Team": "shop"},
}


def read(text, **options):
    """The layout of a file and its entries."""
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    layout = recognise(start_of(file), **options)
    return layout, list(entries_of(layout, pieces_of(file)))


def call_of(entry):
    layout, [told] = read(json.dumps(entry))
    return layout.format.key, layout.format.call_of(told.value)


def test_litellm_spend_logs():
    key, call = call_of(LITELLM)

    assert key == "litellm"
    assert (call.external_id, call.provider) == ("chatcmpl-1", "azure")
    assert call.started_at == datetime.datetime(2026, 11, 20, 9, tzinfo=datetime.UTC)
    assert (call.latency_ms, call.ttft_ms, call.is_stream) == (2500, 500, True)
    assert call.usage == Usage(
        input_tokens=1000,
        output_tokens=200,
        cache_read_tokens=400,
        reasoning_tokens=50,
    )
    assert call.reported_usd == Decimal("0.0021")
    assert call.tags == {"team": "shop", "call_type": "acompletion"}


def test_an_answer_out_of_litellms_cache_is_no_call():
    with pytest.raises(NoCall):
        call_of({**LITELLM, "cache_hit": "True"})


def test_a_failed_call_of_litellm_used_nothing():
    _, call = call_of({**LITELLM, "status": "failure", "spend": 0})

    assert (call.outcome, call.usage, call.reported_usd) == (Outcome.ERROR, None, None)


def test_langfuse_observations_add_kinds_of_tokens_up():
    key, call = call_of(LANGFUSE)

    assert key == "langfuse"
    assert call.usage == Usage(
        input_tokens=1000, output_tokens=50, cache_read_tokens=900
    )
    assert (call.latency_ms, call.reported_usd) == (1000, Decimal("0.01"))
    assert call.tags["trace"] == "trace-1"


def test_langfuse_totals_show_where_parts_are_included_already():
    details = {"input": 1000, "input_cached_tokens": 900, "output": 50, "total": 1050}

    _, call = call_of({**LANGFUSE, "usageDetails": details})

    assert call.usage == Usage(
        input_tokens=1000, output_tokens=50, cache_read_tokens=900
    )


def test_a_span_of_langfuse_is_no_call():
    with pytest.raises(NoCall, match="SPAN"):
        call_of({**LANGFUSE, "type": "SPAN"})


def test_langfuse_in_csv_has_objects_as_json():
    details = json.dumps(LANGFUSE["usageDetails"]).replace('"', '""')
    layout, [told] = read(
        "id,trace_id,type,start_time,level,provided_model_name,usage_details\n"
        f'o,t,GENERATION,2026-11-20T09:00:00Z,DEFAULT,gpt-5,"{details}"\n'
    )

    call = layout.format.call_of(told.value)

    assert (layout.format.key, call.model) == ("langfuse", "gpt-5")
    assert call.usage.input_tokens == 1000


def test_helicone_requests():
    key, call = call_of(HELICONE)

    assert key == "helicone"
    assert (call.provider, call.model) == ("openai", "gpt-5-mini")
    assert (call.outcome, call.status_code) == (Outcome.ERROR, 429)
    assert call.tags == {"Team": "shop"}
    assert call.latency_ms == 120


def test_helicone_leaves_cached_tokens_of_anthropic_out():
    _, call = call_of(
        {
            **HELICONE,
            "provider": "ANTHROPIC",
            "response_status": 200,
            "prompt_cache_read_tokens": 90,
        }
    )

    assert call.usage == Usage(input_tokens=100, cache_read_tokens=90)


def figures(text):
    layout, entries = read(text)
    found = []
    for told in entries:
        try:
            found.append(layout.format.figure_of(told.value))
        except NoCall:
            continue
    return layout.format.key, summed(found)


DAY = datetime.date(2026, 11, 20)


def test_usage_of_openais_console_is_summed_by_model_and_day():
    key, found = figures(
        "start_time,end_time,start_time_iso,project_id,num_model_requests,model,"
        "input_tokens,output_tokens\n"
        "1795132800,1795219200,2026-11-20T00:00:00+00:00,a,3,gpt-5-mini,300,30\n"
        "1795132800,1795219200,2026-11-20T00:00:00+00:00,b,2,gpt-5-mini,200,20\n"
        "1795219200,1795305600,2026-11-21T00:00:00+00:00,,,,,\n"
    )

    assert key == "openai-usage"
    assert found == [
        InvoiceFigure(
            provider="openai",
            model="gpt-5-mini",
            day=DAY,
            requests=5,
            input_tokens=500,
            output_tokens=50,
        )
    ]


def test_cost_of_openais_console_adds_input_and_output_up():
    key, found = figures(
        "start_time,start_time_iso,amount_value,amount_currency,line_item\n"
        '1795132800,2026-11-20T00:00:00+00:00,0.25,usd,"gpt-5-mini, input"\n'
        '1795132800,2026-11-20T00:00:00+00:00,0.5,usd,"gpt-5-mini, output"\n'
        "1795219200,2026-11-21T00:00:00+00:00,,,\n"
    )

    assert key == "openai-cost"
    assert found == [
        InvoiceFigure(
            provider="openai", model="gpt-5-mini", day=DAY, usd=Decimal("0.75")
        )
    ]


def test_credits_of_a_console_are_taken_off():
    _, found = figures(
        "start_time,start_time_iso,amount_value,amount_currency,line_item\n"
        '1795132800,2026-11-20T00:00:00+00:00,0.25,usd,"gpt-5-mini, input"\n'
        '1795132800,2026-11-20T00:00:00+00:00,-0.05,usd,"gpt-5-mini, credit"\n'
    )

    assert [one.usd for one in found] == [Decimal("0.20")]


def test_usage_of_anthropics_console_counts_the_cache_as_input():
    key, found = figures(
        "usage_date_utc,model_version,usage_input_tokens_no_cache,"
        "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,"
        "usage_input_tokens_cache_read,usage_output_tokens\n"
        "2026-11-20,claude-opus-4-6,100,20,0,900,50\n"
    )

    assert key == "anthropic-usage"
    assert (found[0].input_tokens, found[0].output_tokens) == (1020, 50)


def test_cost_of_anthropics_console():
    key, found = figures(
        "usage_date_utc,model,token_type,cost_usd\n"
        "2026-11-20,Claude Opus 4.6,input,1.5\n"
        "2026-11-20,Claude Opus 4.6,output,2\n"
    )

    assert key == "anthropic-cost"
    assert found[0].usd == Decimal("3.5")


OWN_CSV = "when;name;mid;input_tokens;tags.team\n2026-11-20T09:00:00Z;a;gpt-9;5;shop\n"
MAP = [("when", "started_at"), ("name", "id"), ("mid", "model")]


def test_columns_are_mapped_and_the_delimiter_is_seen():
    layout, [told] = read(OWN_CSV, renamed=MAP)

    call = layout.format.call_of(told.value)

    assert (layout.format.key, layout.delimiter) == ("modelhub", ";")
    assert (call.model, call.usage, call.tags) == (
        "gpt-9",
        Usage(input_tokens=5),
        {"team": "shop"},
    )


@pytest.mark.parametrize(
    ("content", "options", "hint"),
    [
        (OWN_CSV.encode(), {}, "which columns are"),
        (OWN_CSV.encode(), {"delimiter": ","}, "the delimiter"),
        ("id,started_at,modèle\n".encode("latin-1"), {}, "encoding"),
        (b"", {}, "empty"),
        (b"[1, 2]", {}, "no JSON object"),
        (b"{broken", {}, "no JSON"),
        (OWN_CSV.encode(), {"encoding": "klingon"}, "no encoding"),
    ],
    ids=["names", "delimiter", "encoding", "empty", "list", "broken", "klingon"],
)
def test_what_cannot_be_read_is_told_with_a_hint(content, options, hint):
    with pytest.raises(NotRecognised, match=hint):
        read(content, **options)


def test_other_encodings_are_read_when_named():
    text = "id,started_at,model\ncafé,2026-11-20T09:00:00Z,gpt\n"

    for encoding in ("cp1252", "utf-16"):
        _, [told] = read(text.encode(encoding), encoding=encoding)
        assert told.value["id"] == "café"
    assert read(text.encode("utf-16"))[1][0].value["id"] == "café"
    assert read(text.encode("utf-8-sig"))[1][0].value["id"] == "café"


def test_a_row_of_another_length_is_told_with_its_line():
    _, entries = read('id,started_at,model\na,"b\nc",d\n\ne,f\ng,h,i\n')

    assert [(told.line, bool(told.problem)) for told in entries] == [
        (2, False),
        (5, True),
        (6, False),
    ]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"input_tokens": "many"}, "input_tokens"),
        ({"input_tokens": 1.5}, "input_tokens"),
        ({"started_at": "yesterday"}, "started_at"),
        ({"cost_usd": "-1"}, "cost_usd"),
        ({"outcome": "fine"}, "outcome"),
        ({"latency_ms": "NaN"}, "latency_ms"),
        ({"is_stream": "maybe"}, "is_stream"),
        ({"tags": "{"}, "tags"),
        ({"id": ""}, "id"),
        ({"model": None}, "model"),
        ({"reasoning_tokens": 5}, "reasoning_tokens"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_field_that_does_not_fit_is_named(facts, field):
    entry = {"id": "a", "started_at": 1795132800, "model": "gpt", **facts}

    with pytest.raises(Unfit) as caught:
        call_of(entry)

    assert caught.value.field == field
