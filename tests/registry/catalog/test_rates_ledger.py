import datetime

import pytest

from registry.catalog.document import CatalogError
from registry.catalog.inputs import recognised
from registry.catalog.reading import Source

DAY = datetime.date(2026, 11, 1)
MODEL = {
    "provider": "openai",
    "id": "m",
    "family": "gpt",
    "type": "chat",
    "modalities": {"input": ["image", "text", "smell"], "output": ["text"]},
    "context": {"input": 1000, "output": 10},
    "tool_call": True,
    "structured_output": None,
    "price": {"input_mtok": 1, "cache_read_mtok": 0.1},
    "reasoning": None,
    "lifecycle": {"status": "active", "release_date": "2026-07-24"},
}


def ledger(**changes):
    content = {"snapshot_date": "2026-09-28", "models": [{**MODEL, **changes}]}
    ((catalog,), _) = recognised(Source("ledger", content, DAY))
    return catalog


def test_the_ledger_is_recognised_and_dated_by_itself():
    catalog = ledger()

    assert catalog.source == "rates"
    assert catalog.read_on == datetime.date(2026, 9, 28)


def test_it_states_modalities_limits_dates_and_no_price():
    assert ledger().sheets["openai"]["m"].stated() == {
        "family": "gpt",
        "input_modalities": ["text", "image"],
        "output_modalities": ["text"],
        "capabilities": ["tools", "caching"],
        "context_window": 1000,
        "max_output_tokens": 10,
        "released_on": "2026-07-24",
    }


def test_the_length_of_a_vector_is_not_an_output_limit():
    sheet = ledger(type="embedding").sheets["openai"]["m"]

    assert sheet.model_type == "embedding"
    assert sheet.max_output_tokens is None


@pytest.mark.parametrize(
    "changes",
    [{"context": {"input": -1}}, {"context": [1]}, {"id": 7}, {"reasoning": "yes"}],
)
def test_a_wrong_type_is_named(changes):
    with pytest.raises(CatalogError):
        ledger(**changes)
