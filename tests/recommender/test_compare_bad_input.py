import pytest

from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory

URL = "/compare/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "compare-results"}


@pytest.fixture
def known(db) -> str:
    return PriceFactory(ai_model__model_name="known").ai_model.reference


def test_an_unknown_model_is_named_and_the_others_are_compared(editor, known):
    response = editor.get(URL, {"m": [known, "openai/nope"]})

    body = response.content.decode()
    assert response.status_code == 200
    assert "Not known here: “openai/nope”." in body
    assert f"Remove {known}" in body


def test_nothing_but_unknown_models_is_404_in_the_apps_own_look(editor):
    response = editor.get(URL, {"m": ["openai/nope", "no-slash"]})

    body = response.content.decode()
    assert response.status_code == 404
    assert "“openai/nope”, “no-slash”" in body
    assert "Add a model" in body


def test_a_fragment_with_nothing_but_unknown_models_is_still_swapped(editor):
    response = editor.get(URL, {"m": "openai/nope"}, headers=FRAGMENT)

    assert response.status_code == 422
    assert "openai/nope" in response.content.decode()


def test_another_organisations_custom_model_is_unknown(editor):
    theirs = AIModelFactory(organization=OrganizationFactory())

    assert editor.get(URL, {"m": theirs.reference}).status_code == 404


def test_six_models_are_kept_and_the_seventh_is_named(editor):
    models = [AIModelFactory(model_name=f"m{number}").reference for number in range(7)]

    body = editor.get(URL, {"m": models}).content.decode()

    assert "Left out: “openai/m6”." in body
    assert "Remove openai/m5" in body
    assert "Remove openai/m6" not in body
    assert "Add a model" not in body


def test_the_same_model_twice_is_compared_once_and_said(editor, known):
    body = editor.get(URL, {"m": [known, known]}).content.decode()

    assert f"compared once: “{known}”" in body
    assert body.count(f"Remove {known}") == 1


@pytest.mark.parametrize("field", ["requests", "input_tokens", "output_tokens"])
@pytest.mark.parametrize("text", ["-1", "1e30", "NaN", "many", "1.5", "9" * 40, ""])
def test_an_absurd_volume_is_said_beside_its_field(editor, known, field, text):
    response = editor.get(URL, {"m": known, field: text})

    body = response.content.decode()
    assert response.status_code == 422
    assert f'id="compare-{field}-hint"' in body
    assert "Write a whole number" in body
    assert body.count('aria-invalid="true"') == 1
    assert 'data-row="month"' in body


@pytest.mark.parametrize("field", ["cache", "batch"])
@pytest.mark.parametrize("text", ["-1", "101", "NaN", "Infinity", "1e2", "half"])
def test_an_absurd_share_is_said_beside_its_field(editor, known, field, text):
    response = editor.get(URL, {"m": known, field: text})

    assert response.status_code == 422
    assert f'id="compare-{field}-hint"' in response.content.decode()


def test_a_wrong_volume_leaves_the_figures_of_the_usual_one(editor, known):
    usual = editor.get(URL, {"m": known}).content.decode()
    wrong = editor.get(URL, {"m": known, "requests": "-5"}).content.decode()

    month = usual.partition('data-row="month"')[2].partition("</tr>")[0]
    assert month in wrong


def test_markup_in_a_reference_is_shown_as_text(editor, known):
    body = editor.get(
        URL, {"m": [known, "openai/<script>alert(1)</script>"]}
    ).content.decode()

    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


def test_markup_in_a_models_id_is_shown_as_text_everywhere(editor):
    models = [
        PriceFactory(ai_model__model_name=name).ai_model.reference
        for name in ("</script><script>alert(1)</script>", "other")
    ]

    body = editor.get(URL, {"m": models}).content.decode()

    assert "<script>alert" not in body


@pytest.mark.parametrize(
    "reference", ["", " ", "/", "a/", "openai/a\x00b", "x" * 5000, "openai/%00"]
)
def test_a_reference_of_no_shape_does_no_harm(editor, known, reference):
    response = editor.get(URL, {"m": [known, reference]})

    assert response.status_code == 200
    assert f"Remove {known}" in response.content.decode()


def test_hundreds_of_references_do_no_harm(editor, known):
    many = [f"openai/x{number}" for number in range(500)]

    response = editor.get(URL, {"m": [known, *many]})

    assert response.status_code == 200


@pytest.mark.parametrize("words", ["a\x00b", "x" * 5000, "<script>"])
def test_odd_words_in_the_search_box_do_no_harm(editor, words):
    response = editor.get("/compare/suggestions/", {"add": words})

    assert response.status_code == 200
    assert "<script>" not in response.content.decode()


def test_writing_to_the_page_is_refused(editor):
    assert editor.post(URL).status_code == 405


def test_a_visitor_signs_in_first(client, db):
    assert client.get(URL).status_code == 302
