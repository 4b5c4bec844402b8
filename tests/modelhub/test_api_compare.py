import pytest

from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory


@pytest.fixture
def two(db) -> list[str]:
    return [
        PriceFactory(
            ai_model__model_name=name, input_usd=usd, output_usd=usd
        ).ai_model.reference
        for name, usd in (("cheap", "0.1"), ("dear", "9"))
    ]


def rows_of(document: dict) -> dict[str, dict]:
    return {
        row["key"]: row
        for category in document["categories"]
        for row in category["rows"]
    }


def test_a_comparison_marks_the_best(editor, two):
    document = editor.get("/api/compare", {"m": two}).json()

    cheap, dear = rows_of(document)["input_million"]["cells"]
    assert (cheap["value"], cheap["mark"]) == ("0.1", "best")
    assert (dear["value"], dear["mark"]) == ("9", None)


def test_unknown_is_null(editor, two):
    unpriced = AIModelFactory(model_name="unpriced").reference

    document = editor.get("/api/compare", {"m": [*two, unpriced]}).json()

    assert rows_of(document)["month"]["cells"][2]["value"] is None
    assert rows_of(document)["speed"]["cells"][0]["text"] is None


def test_unknown_references_are_said(editor, two):
    document = editor.get("/api/compare", {"m": [*two, "openai/nope"]}).json()

    assert document["messages"] == ["Not known here: “openai/nope”."]
    assert len(document["models"]) == 2


def test_only_unknown_references_are_404(editor):
    theirs = AIModelFactory(organization=OrganizationFactory()).reference

    response = editor.get("/api/compare", {"m": theirs})

    assert response.status_code == 404
    assert theirs in response.json()["error"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("requests", "-1"),
        ("requests", "1e30"),
        ("input_tokens", "NaN"),
        ("output_tokens", "many"),
        ("cache", "101"),
        ("batch", "NaN"),
    ],
)
def test_a_bad_volume_is_named(editor, two, field, text):
    response = editor.get("/api/compare", {"m": two, field: text})

    assert response.status_code == 422
    assert field in response.json()["fields"]


def test_a_comparison_without_models_is_refused(editor):
    response = editor.get("/api/compare")

    assert response.status_code == 422
    assert "m" in response.json()["fields"]
