import gzip
import json

import pytest

from registry.catalog.document import CatalogError
from registry.models import AIModel, CatalogSync
from registry.services.catalog_sync import sync_catalog, sync_from_sources
from tests.catalog_data import document, model_entry

MODEL = {
    "id": "m",
    "match": {"equals": "m"},
    "prices": {"input_mtok": 1, "output_mtok": 3},
}
PROVIDER = {
    "id": "openai",
    "name": "OpenAI",
    "api_pattern": "https://api",
    "models": [MODEL],
}
SHEET = {
    "id": "m",
    "name": "M",
    "limit": {"context": 1000, "output": 10},
    "modalities": {"input": ["text"], "output": ["text"]},
}


def priced(**changes):
    return json.dumps([PROVIDER | {"models": [MODEL | changes]}])


def models_dev(**changes):
    provider = {"id": "openai", "models": {"m": SHEET | changes}}
    return json.dumps({"openai": provider})


BROKEN_PRICES = {
    "nothing": "",
    "half a document": priced()[:-20],
    "no list": "{}",
    "an empty list": "[]",
    "text for a provider": '["openai"]',
    "a provider without an id": json.dumps([{"name": "x", "models": []}]),
    "a model without a match": json.dumps([PROVIDER | {"models": [{"id": "m"}]}]),
    "the same model twice": json.dumps([PROVIDER | {"models": [MODEL, MODEL]}]),
    "the same provider twice": json.dumps([PROVIDER, PROVIDER]),
    "the same key twice": '[{"id": "a", "id": "b"}]',
    "NaN": priced(prices={"input_mtok": float("nan")}),
    "infinity": priced(prices={"input_mtok": float("inf")}),
    "1e400": priced().replace('"input_mtok": 1', '"input_mtok": 1e400'),
    "a negative price": priced(prices={"input_mtok": -1}),
    "an unknown unit": priced(prices={"input_smiles": 1}),
    "text for a price": priced(prices={"input_mtok": "cheap"}),
    "a list for a price": priced(prices={"input_mtok": []}),
    "a negative window": priced(context_window=-5),
    "a very long id": priced(id="m" * 500),
    "a bad date": priced(
        prices=[{"constraint": {"start_date": "soon"}, "prices": {"input_mtok": 1}}]
    ),
    "deep nesting": "[" * 100_000,
}
BROKEN_FACTS = {
    "half a document": models_dev()[:-20],
    "an unknown format": '{"a": 1}',
    "a list": "[]",
    "text for a window": models_dev(limit={"context": "big"}),
    "a negative window": models_dev(limit={"context": -1}),
    "1e400": models_dev().replace("1000", "1e400"),
    "a number for a name": models_dev(name=5),
    "a list for a model": json.dumps({"openai": {"id": "o", "models": {"m": []}}}),
    "text for a flag": models_dev(reasoning="yes"),
    "a litellm entry of text": '{"m": {"litellm_provider": "openai"}, "n": "x"}',
    "a negative limit at litellm": json.dumps(
        {"m": {"litellm_provider": "openai", "max_input_tokens": -1}}
    ),
    "ratings of text": json.dumps(
        {"ratings": {"tasks": {"overall": [["a / b", "B", "x", 1, 2, 3]]}}}
    ),
    "a torn snapshot": '{"format": "modelhub-facts/1"}',
    "a snapshot of an unknown source": json.dumps(
        {"format": "modelhub-facts/1", "facts": [{"source": "rumour"}]}
    ),
}


@pytest.fixture
def synced(db):
    sync_catalog(document=document(model_entry()))


def assert_refused(**sources):
    before = list(AIModel.objects.values())

    with pytest.raises(CatalogError) as refused:
        sync_from_sources(**sources)

    assert "\n" not in str(refused.value)
    assert list(AIModel.objects.values()) == before
    last = CatalogSync.objects.first()
    assert last.state == "failed"
    assert last.error == str(refused.value)[:2000]


@pytest.mark.parametrize("name", BROKEN_PRICES)
def test_broken_prices_change_nothing_and_are_named_in_one_line(synced, tmp_path, name):
    file = tmp_path / "prices.json"
    file.write_text(BROKEN_PRICES[name])

    assert_refused(prices=str(file))


@pytest.mark.parametrize("name", BROKEN_FACTS)
def test_broken_facts_change_nothing_and_are_named_in_one_line(synced, tmp_path, name):
    file = tmp_path / "facts.json"
    file.write_text(BROKEN_FACTS[name])

    assert_refused(facts=[str(file)])


def test_a_half_downloaded_gzip_changes_nothing(synced, tmp_path):
    file = tmp_path / "prices.json.gz"
    file.write_bytes(gzip.compress(priced().encode())[:-12])

    assert_refused(prices=str(file))


def test_a_file_that_is_not_there_changes_nothing(synced, tmp_path):
    assert_refused(prices=str(tmp_path / "missing.json"))


def test_other_schemes_are_refused(synced):
    assert_refused(prices="ftp://example.com/data.json")
    assert_refused(prices="file:///etc/hostname")


def test_the_same_catalogue_given_twice_is_refused(synced, tmp_path):
    file = tmp_path / "facts.json"
    file.write_text(models_dev())

    assert_refused(facts=[str(file), str(file)])


def test_the_fixture_itself_is_whole(db, tmp_path):
    prices, facts = tmp_path / "prices.json", tmp_path / "facts.json"
    prices.write_text(priced())
    facts.write_text(models_dev())

    sync_from_sources(prices=str(prices), facts=[str(facts)])

    assert AIModel.objects.get().context_window == 1000
