from decimal import Decimal

import pytest
from genai_prices import types as genai

from registry.catalog.exact import exact_versions
from tests.catalog_data import full_document


def entry(model_id, *equal, starts_with="", usd=1):
    clauses = [genai.ClauseEquals(equals=one) for one in (model_id, *equal)]
    if starts_with:
        clauses.append(genai.ClauseStartsWith(starts_with=starts_with))
    return genai.ModelInfo(
        id=model_id,
        match=genai.ClauseOr(or_=clauses),
        prices=genai.ModelPrice(input_mtok=Decimal(usd)),
    )


def names(*entries, known=()):
    provider = genai.Provider(id="p", name="P", api_pattern="", models=list(entries))
    return exact_versions(provider, dict.fromkeys(known, ""))


def test_a_dated_id_that_a_clause_names_is_a_row_with_the_same_price():
    found = names(entry("m", "m-2024-08-06"))

    assert list(found.rows) == ["m", "m-2024-08-06"]
    assert found.rows["m"] is found.rows["m-2024-08-06"]


def test_another_spelling_that_a_clause_names_is_an_alias():
    assert names(entry("m-4", "m-four")).aliases == {"m-four": "m-4"}


def test_two_spellings_of_one_dated_id_are_one_row():
    found = names(entry("m-5.1", "m-5.1-2025-11-13", "m-5-1-2025-11-13"))

    assert list(found.rows) == ["m-5.1", "m-5.1-2025-11-13"]
    assert found.aliases == {"m-5-1-2025-11-13": "m-5.1-2025-11-13"}


def test_a_dated_id_of_a_second_catalogue_is_a_row_where_one_entry_matches():
    found = names(entry("m-latest", starts_with="m"), known=["m-20241022"])

    assert list(found.rows) == ["m-20241022"]
    assert found.aliases == {"m-latest": "m-20241022"}


def test_it_is_none_where_two_entries_match():
    found = names(
        entry("m", starts_with="m"),
        entry("m-other", starts_with="m-2"),
        known=["m-20241022"],
    )

    assert "m-20241022" not in found.rows


def test_models_of_second_catalogues_alone_are_no_rows():
    assert list(names(entry("m"), known=["n", "n-20241022"]).rows) == ["m"]


def test_the_newest_date_wins_even_where_an_old_entry_names_the_alias():
    found = names(entry("m", "m-latest", "m-2407"), entry("m-2512", usd=2))

    assert found.aliases["m-latest"] == "m-2512"


def test_a_name_that_a_catalogue_calls_latest_moves_to_its_dated_sibling():
    provider = genai.Provider(
        id="p", name="P", api_pattern="", models=[entry("m-4-5", starts_with="m-4-5")]
    )
    known = {"m-4-5": "M 4.5 (latest)", "m-4-5-20251101": "M 4.5"}

    found = exact_versions(provider, known)

    assert list(found.rows) == ["m-4-5-20251101"]
    assert found.aliases == {"m-4-5": "m-4-5-20251101"}


def test_without_a_dated_sibling_it_stays_a_row():
    provider = genai.Provider(id="p", name="P", api_pattern="", models=[entry("m-4-5")])

    assert list(exact_versions(provider, {"m-4-5": "M (latest)"}).rows) == ["m-4-5"]


def test_a_moving_name_with_a_price_of_its_own_takes_the_version_that_costs_as_much():
    found = names(
        entry("m-latest", usd=4), entry("m-2512", usd=2), entry("m-4-1", usd=4)
    )

    assert found.aliases["m-latest"] == "m-4-1"


def test_the_catalogue_is_as_large_as_the_source():
    assert len(full_document().models) >= 2300
    assert len(full_document().providers) == 47


@pytest.mark.parametrize(
    ("provider", "model_name"),
    [
        ("openai", "gpt-4o-2024-08-06"),
        ("anthropic", "claude-opus-4-20250514"),
        ("anthropic", "claude-3-5-haiku-20241022"),
        ("mistral", "mistral-large-2512"),
    ],
)
def test_exact_versions_that_people_call_are_rows(provider, model_name):
    assert (provider, model_name) in {one.key for one in full_document().models}


def test_an_undated_label_that_nobody_else_knows_stands_for_its_newest_dated_id():
    found = names(
        entry("m-3", starts_with="m-3"), known=("m-3-20240307", "m-3-20240820", "other")
    )

    assert list(found.rows) == ["m-3-20240307", "m-3-20240820"]
    assert found.aliases["m-3"] == "m-3-20240820"


def test_an_undated_id_that_another_catalogue_knows_stays_a_row():
    found = names(entry("m-3", starts_with="m-3"), known=("m-3-20240307", "m-3"))

    assert sorted(found.rows) == ["m-3", "m-3-20240307"]
