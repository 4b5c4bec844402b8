from decimal import Decimal

from registry.price_table import Rate, price_label, price_table, price_unit


def test_each_case_of_a_price_has_its_column_and_each_rate_its_row():
    table = price_table(
        {
            "standard": {"output_mtok": "15", "input_mtok": "2.5"},
            "time_of_day": [
                {"from": "01:00:00", "to": "04:00:00", "prices": {"input_mtok": "1"}}
            ],
            "variants": [
                {
                    "when": {"service_tier": "priority"},
                    "starts_on": None,
                    "prices": {"input_mtok": "5"},
                },
                {
                    "when": {"processing": "batch"},
                    "starts_on": "2026-10-14",
                    "prices": {"input_mtok": "1.25"},
                },
                {"when": {"service_tier": "default"}, "prices": {}},
            ],
        }
    )

    assert [(one.label, one.note) for one in table.columns] == [
        ("Standard", ""),
        ("Time of day", "01:00–04:00 UTC"),
        ("Batch", "since 2026-10-14"),
        ("Priority", ""),
    ]
    assert [row.label for row in table.rows] == ["Input", "Output"]
    assert table.rows[1].cells == [[Rate(Decimal(15))], [], [], []]


def test_tiers_stand_below_the_base_rate():
    (row,) = price_table(
        {
            "standard": {
                "input_mtok": {
                    "base": "2.5",
                    "tiers": [{"start": 272000, "price": "5"}],
                }
            }
        }
    ).rows

    assert row.cells == [[Rate(Decimal("2.5")), Rate(Decimal(5), 272_000)]]


def test_every_price_key_reads_as_words_with_a_unit():
    assert (price_label("input_audio_mtok"), price_unit("input_audio_mtok")) == (
        "Input audio",
        "per 1M tokens",
    )
    assert price_unit("web_searches_kcount") == "per 1,000"
    assert price_unit("per_image_usd") == "each"
