import datetime

import pytest

from registry.rates_check import check_document
from tests.engine_prices import engine_models, rates_at

STANDARD = {"input_mtok": "1"}


def test_every_price_of_the_engine_passes_in_its_stored_form():
    checked = 0
    for entry in engine_models():
        rates = rates_at(entry, datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC))
        if rates:
            check_document(rates.document)
            checked += 1

    assert checked > 2_300


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"standard": {"input_mtokk": "1"}}, "Nothing is priced by input_mtokk"),
        ({"standart": STANDARD}, "no part called standart"),
        ({"standard": ["1"]}, "must be a mapping"),
        ({"standard": {"input_mtok": "-1"}}, "between 0 and"),
        ({"standard": {"input_mtok": "NaN"}}, "between 0 and"),
        ({"standard": {"input_mtok": "1e10"}}, "between 0 and"),
        ({"standard": {"input_mtok": "two"}}, "not a number"),
        ({"standard": {"input_mtok": 0.1}}, "written as text"),
        ({"standard": {"input_mtok": None}}, "written as text"),
        ({"standard": {"input_mtok": "1e-40"}}, "decimals"),
        ({"standard": STANDARD, "per_image_usd": "-1"}, "per_image_usd"),
        (
            {
                "standard": {
                    "input_mtok": {
                        "base": "1",
                        "tiers": [
                            {"start": 5, "price": "1"},
                            {"start": 5, "price": "2"},
                        ],
                    }
                }
            },
            "start higher",
        ),
        ({"variants": [{"when": {}, "prices": STANDARD}]}, "when it holds"),
        (
            {"variants": [{"when": {"a": "b"}, "prices": {"x": "1"}}]},
            "Nothing is priced by x",
        ),
        (
            {"time_of_day": [{"from": "25:00", "to": "01:00", "prices": STANDARD}]},
            "hour",
        ),
    ],
)
def test_a_price_that_cannot_be_calculated_with_is_refused(document, said):
    with pytest.raises(ValueError, match=said):
        check_document(document)
