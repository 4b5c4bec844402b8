import datetime
import gzip
import json

from registry.catalog.build import build_document
from registry.catalog.genai import installed_prices
from registry.catalog.inputs import SHIPPED_FACTS, Inputs, read_inputs
from registry.catalog.reading import Source
from registry.catalog.sheets import FactCatalog, Sheet
from registry.catalog.snapshot import read_snapshot, snapshot_bytes

DAY = datetime.date(2026, 11, 1)


def made_of(sheets):
    catalog = FactCatalog("models.dev", DAY, {"openai": sheets})
    return snapshot_bytes(installed_prices().providers, [catalog], None)


def read(packed):
    content = json.loads(gzip.decompress(packed))
    return read_snapshot(Source("snapshot", content, DAY))


def test_the_same_input_makes_the_same_bytes():
    sheets = {"gpt-4o": Sheet(context_window=128_000), "o1": Sheet(family="o")}
    turned = dict(reversed(sheets.items()))

    assert made_of(sheets) == made_of(turned)


def test_only_facts_about_rows_that_we_have_are_kept():
    packed = made_of(
        {"gpt-4o": Sheet(family="gpt"), "no-such-model": Sheet(family="x")}
    )

    (catalog,), ratings = read(packed)

    assert catalog.sheets == {"openai": {"gpt-4o": Sheet(family="gpt")}}
    assert (catalog.source, catalog.read_on) == ("models.dev", DAY)
    assert ratings is None


def test_a_snapshot_of_the_shipped_snapshot_is_the_same():
    inputs = read_inputs()

    again = snapshot_bytes(inputs.prices.providers, inputs.facts, inputs.ratings)

    # Unpacked: other builds of zlib pack the same text into other bytes.
    assert gzip.decompress(again) == gzip.decompress(SHIPPED_FACTS.read_bytes())


def test_the_shipped_snapshot_is_small_and_says_whose_data_it_is():
    packed = SHIPPED_FACTS.read_bytes()

    assert len(packed) < 400_000
    assert "CC BY 4.0" in json.loads(gzip.decompress(packed))["credits"]["Arena"]


def test_a_pruned_snapshot_makes_the_same_document_as_the_full_files():
    full = FactCatalog(
        "models.dev",
        DAY,
        {
            "openai": {
                "gpt-4o": Sheet(family="gpt"),
                "GPT-4O": Sheet(family="shouting"),
                "gpt-4.1-2025-04-14": Sheet(name="GPT-4.1"),
                "unrelated": Sheet(family="x"),
            },
            "unrelated": {"m": Sheet(family="x")},
        },
    )
    prices = installed_prices()
    packed = snapshot_bytes(prices.providers, [full], None)

    pruned, _ = read(packed)

    whole = build_document(Inputs(prices, [full]))
    slim = build_document(Inputs(prices, pruned))
    assert {one.key: one for one in slim.models} == {
        one.key: one for one in whole.models
    }
    assert set(slim.aliases) == set(whole.aliases)
