"""`modelhub models cost`: the sum, its breakdown, and what it refuses."""

import datetime
import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from registry.models import ModelAlias
from registry.services.prices import set_negotiated_price
from tests.factories import AIModelFactory, PriceFactory

STANDARD = {"input_mtok": "2.5", "cache_read_mtok": "0.25", "output_mtok": "15"}
BATCH = {"input_mtok": "1.25", "cache_read_mtok": "0.13", "output_mtok": "7.5"}


@pytest.fixture
def price(db):
    return PriceFactory(
        ai_model__model_name="gpt-5.4",
        rates={
            "standard": STANDARD,
            "variants": [
                {
                    "when": {"processing": "batch"},
                    "starts_on": "2026-10-14",
                    "prices": BATCH,
                }
            ],
            "matched": {"provider_id": "openai", "model_id": "gpt-5.4"},
        },
    )


def run(*arguments: str) -> str:
    output = io.StringIO()
    call_command("models", "cost", *arguments, stdout=output)
    return output.getvalue()


def run_json(*arguments: str):
    return json.loads(run(*arguments, "--json"))


def test_the_cost_of_a_call_with_its_breakdown_and_price_row(price):
    answer = run_json(
        *["openai/gpt-5.4", "--input-tokens", "120000", "--cache-read-tokens", "80000"],
        *[
            "--cache-write-tokens",
            "0",
            "--output-tokens",
            "900",
            "--images",
            "2x1024x1024",
        ],
        *["--batch", "--at", "2026-10-20T12:00Z"],
    )

    assert answer["state"] == "computed"
    assert answer["total_usd"] == "0.0702225"
    assert sum(Decimal(line["usd"]) for line in answer["lines"]) == Decimal("0.0702225")
    assert {line["price_key"]: line["quantity"] for line in answer["lines"]} == {
        "input_mtok": "42458",
        "cache_read_mtok": "80000",
        "output_mtok": "900",
    }
    assert answer["images"][0]["tokens_each"] == 1229
    assert answer["images"][0]["source"].startswith("https://")
    assert answer["price"]["id"] == price.pk
    assert answer["price"]["matched"] == "openai/gpt-5.4"
    assert answer["at"] == "2026-10-20T12:00:00+00:00"


def test_before_the_batch_price_began_the_answer_is_an_estimate(price):
    answer = run_json(
        *["openai/gpt-5.4", "--input-tokens", "1000", "--batch", "--at", "2026-10-01"]
    )

    assert answer["state"] == "estimated"
    assert answer["total_usd"] == "0.0025"
    assert "Batch price not known" in answer["notes"][0]


def test_people_read_aligned_text(price):
    text = run(
        *["openai/gpt-5.4", "--input-tokens", "1000000", "--output-tokens", "10"]
    )

    lines = text.splitlines()
    assert lines[0] == "openai/gpt-5.4"
    assert lines[2].split() == [
        "input_mtok",
        "1,000,000",
        "×",
        "$2.5",
        "/",
        "1,000,000",
        "$2.5",
    ]
    assert lines[4].split() == ["Total", "(computed)", "$2.50015"]
    assert len({len(line) for line in lines[2:5]}) == 1
    assert f"Price {price.pk}: test, from ever to …" in text


def test_a_model_without_a_price_answers_unpriced(db):
    AIModelFactory(model_name="new-1")

    answer = run_json("openai/new-1", "--input-tokens", "5")

    assert (answer["state"], answer["total_usd"]) == ("unpriced", None)
    assert answer["price"] is None
    assert "Total  –" in run("openai/new-1", "--input-tokens", "5")


def test_images_of_a_family_nobody_documents_are_not_in_the_sum(db):
    PriceFactory(ai_model__provider__slug="mistral", ai_model__model_name="pixtral-9")

    alone = run_json("mistral/pixtral-9", "--images", "1x64x64")
    beside = run_json("mistral/pixtral-9", "--input-tokens=9", "--images", "1x64x64")

    assert (alone["state"], alone["total_usd"]) == ("unpriced", None)
    assert (beside["state"], beside["total_usd"]) == ("estimated", "0.000009")
    assert beside["missing"] == ["input_image_tokens"]
    assert "Not known how this model counts images" in beside["notes"][0]


def test_several_sizes_of_images_add_up(price):
    answer = run_json(
        *["openai/gpt-5.4", "--images", "2x640x480:low", "--images", "1x1024x1024:high"]
    )

    assert answer["usage"]["input_tokens"] == str(2 * 231 + 1229)


def test_many_requests_cost_one_many_times(price):
    one = run_json(*["openai/gpt-5.4", "--input-tokens", "7"])
    many = run_json(*["openai/gpt-5.4", "--input-tokens", "7", "--requests", "1000000"])

    assert Decimal(many["total_usd"]) == 1_000_000 * Decimal(one["total_usd"])


def test_an_organisations_own_price_is_used_for_it(price, organization):
    own = set_negotiated_price(
        organization=organization,
        ai_model=price.ai_model,
        actor=None,
        discount_percent=Decimal(20),
    )

    answer = run_json(
        *["openai/gpt-5.4", "--input-tokens", "1000000", "--organization"],
        organization.slug,
    )

    assert answer["total_usd"] == "2"
    assert answer["price"]["id"] == own.pk
    assert answer["price"]["catalogue_price"] == price.pk
    assert answer["price"]["discount_percent"] == "20"


def test_an_alias_names_what_it_resolved_to(price):
    ModelAlias.objects.create(
        provider=price.ai_model.provider, alias="gpt-latest", ai_model=price.ai_model
    )

    answer = run_json("openai/gpt-latest", "--input-tokens", "1")

    assert answer["alias"] == "openai/gpt-latest"
    assert answer["model"] == "openai/gpt-5.4"


def test_a_price_of_another_entry_is_flagged(db):
    PriceFactory(
        ai_model__model_name="gpt-5.4",
        rates={
            "standard": STANDARD,
            "matched": {"provider_id": "openai", "model_id": "gpt-5"},
        },
    )

    assert run_json("openai/gpt-5.4")["price"]["matched_differs"] is True
    assert "The price is that of openai/gpt-5." in run("openai/gpt-5.4")


def test_the_moment_decides_which_price_holds(price):
    new_year = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    price.effective_to = new_year
    price.save()
    PriceFactory(ai_model=price.ai_model, effective_from=new_year, input_usd="9")
    ask = ["openai/gpt-5.4", "--input-tokens", "1000000", "--at"]

    assert run_json(*ask, "2026-12-31T23:59:59Z")["total_usd"] == "2.5"
    assert run_json(*ask, "2027-01-01")["total_usd"] == "9"
    assert run_json(*ask, "2027-01-01T00:30+09:00")["total_usd"] == "2.5"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--input-tokens=-1"], "is not a number from 0 to"),
        (["--input-tokens", "1e30"], "is not a number from 0 to"),
        (["--input-tokens", "NaN"], "is not a number from 0 to"),
        (["--input-tokens", "many"], "'many' is not a number"),
        (["--requests", "-2"], "is not a number from 0 to"),
        (["--images", "2x0x10"], "pixels a side"),
        (["--images", "2x10"], "write count x width x height"),
        (["--images", "2x10x10:ultra"], "The detail is one of"),
        (["--images", "9" * 30 + "x10x10"], "write count x width x height"),
        (["--at", "tomorrow"], "is no moment"),
        (["--at", "0001-01-01T00:00+14:00"], "not in the years"),
        (["--colour", "red"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_is_said_in_words(price, arguments, said):
    with pytest.raises(CommandError, match=said):
        run("openai/gpt-5.4", *arguments)


def test_cached_tokens_beyond_the_input_are_wrong_usage(price):
    with pytest.raises(CommandError) as failure:
        run("openai/gpt-5.4", "--input-tokens", "5", "--cache-read-tokens", "6")

    assert str(failure.value) == "cache_read_tokens (6) cannot exceed input_tokens (5)."
    assert failure.value.returncode == 2
