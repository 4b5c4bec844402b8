"""Downloads say the same as the page, to the last digit."""

import csv
import io
import re

import pytest

from tests.factories import AIModelFactory, PriceFactory

VOLUME = {"requests": "333", "input_tokens": "1234", "output_tokens": "77"}
DATA = re.compile(r'<data value="([^"]*)"')


@pytest.fixture
def models(db) -> list[str]:
    priced = [
        PriceFactory(
            ai_model__model_name=name, input_usd=usd, output_usd="1.7"
        ).ai_model.reference
        for name, usd in (("cheap", "0.123456789"), ("dear", "9"))
    ]
    return [*priced, AIModelFactory(model_name="unpriced").reference]


def csv_rows(browser, **query) -> list[dict[str, str]]:
    response = browser.get("/compare/export.csv", query)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_the_csv_has_the_figures_of_the_page_and_of_the_api(editor, models):
    page = editor.get("/compare/", {"m": models, **VOLUME}).content.decode()
    rows = csv_rows(editor, m=models, **VOLUME)
    document = editor.get("/api/compare", {"m": models, **VOLUME}).json()

    api_rows = [row for category in document["categories"] for row in category["rows"]]
    file_rows = [
        row for row in rows if row["category"] not in ("model", "volume", "source")
    ]
    for api_row, file_row in zip(api_rows, file_rows, strict=True):
        values = [cell["value"] for cell in api_row["cells"]]
        html = page.partition(f'data-row="{api_row["key"]}"')[2].partition("</tr>")[0]
        assert [file_row[reference] or None for reference in models] == values
        assert file_row["row"] == api_row["label"]
        if DATA.search(html):
            assert DATA.findall(html) == [value for value in values if value]


def test_the_csv_names_the_best_and_leaves_unknowns_empty(editor, models):
    rows = {row["row"]: row for row in csv_rows(editor, m=models, **VOLUME)}

    assert rows["Per month"]["best"] == "openai/cheap"
    assert rows["Per month"]["openai/unpriced"] == ""
    assert rows["Requests a month"]["openai/cheap"] == "333"


def test_a_formula_in_a_name_is_neutralised(editor):
    names = ['=HYPERLINK("http://x.example","y")', "@SUM(1)", "+1+cmd", "-1+cmd"]
    models = [
        AIModelFactory(model_name=name, name=name, organization=None).reference
        for name in names
    ]

    response = editor.get("/compare/export.csv", {"m": models})

    cells = [
        cell
        for row in csv.reader(io.StringIO(response.content.decode()))
        for cell in row
    ]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell[:1] in "=@+-\t\r" and len(cell) > 1]


def test_the_markdown_shows_the_texts_of_the_page(editor, models):
    response = editor.get("/compare/export.md", {"m": models[:2]})

    body = response.content.decode()
    assert response["Content-Type"].startswith("text/markdown")
    assert "| Costs | openai/cheap | openai/dear |" in body
    assert re.search(
        r"\| Input per 1M tokens \(USD\) \| \*\*\$0\.123\*\* \| \$9\.00 \|", body
    )
    assert "openai/cheap costs least at this volume" in body


def test_markup_in_a_name_does_not_break_the_markdown(editor, models):
    odd = PriceFactory(ai_model__model_name="a|b<script>*c*").ai_model.reference

    body = editor.get("/compare/export.md", {"m": [models[0], odd]}).content.decode()

    assert r"openai/a\|b\<script\>\*c\*" in body
    assert "<script>" not in body


def test_a_download_names_itself(editor, models):
    response = editor.get("/compare/export.csv", {"m": models})

    assert response["Content-Disposition"] == 'attachment; filename="comparison.csv"'


@pytest.mark.parametrize("kind", ["csv", "md"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "No model was named."),
        ({"m": "openai/nope"}, "openai/nope"),
        ({"m": "openai/cheap", "requests": "NaN"}, "Requests a month: Write a whole"),
    ],
)
def test_a_download_of_nothing_is_refused(editor, models, kind, query, said):
    response = editor.get(f"/compare/export.{kind}", query)

    assert response.status_code == 400
    assert said in response.content.decode()
