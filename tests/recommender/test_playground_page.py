"""The playground's page: what it begins with, what it refuses, and who may use it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from recommender.models import PlaygroundImage, PlaygroundRun
from tests.factories import (
    ConnectionFactory,
    ConnectionModelFactory,
    FeatureFactory,
    enabled_model,
)
from tests.recommender.playground import png

START = "/playground/start/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(organization):
    """Two models that a connection offers."""
    connection = ConnectionFactory(organization=organization)
    made = [enabled_model(organization, model_name=f"gpt-{n}") for n in "ab"]
    for one in made:
        ConnectionModelFactory(connection=connection, ai_model=one)
    return made


def sent(models, **facts):
    return {"message": "Hello", "m": [one.reference for one in models], **facts}


def test_a_run_begins_with_what_was_typed(editor, ready, membership):
    answer = editor.post(
        START,
        sent(
            ready,
            system="Speak {{language}}.",
            **{"value:language": "Danish", "value:gone": "x"},
            temperature="0.5",
            stop="END\nSTOP",
            seed="7",
            schema='{"type": "object"}',
            turn_role=["user", "assistant"],
            turn_text=["Hi", "Hello!"],
        ),
    )

    run = PlaygroundRun.objects.get()
    assert answer.url == run.get_absolute_url()
    assert run.created_by == membership.user
    assert [one["content"] for one in run.messages] == ["Hi", "Hello!", "Hello"]
    assert run.variables == {"language": "Danish"}
    assert run.parameters == {"temperature": 0.5, "stop": ["END", "STOP"], "seed": 7}
    assert run.response_schema == {"type": "object"}
    assert [one.reference for one in run.answers.all()] == [
        "openai/gpt-a",
        "openai/gpt-b",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"message": "  "}, "Write a message."),
        ({"schema": "{no"}, "This is no JSON:"),
        ({"schema": "[1]"}, "A schema is a JSON object."),
        ({"schema": '{"type": "colour"}'}, "This is no JSON Schema:"),
        ({"schema": "[" * 50_000}, "This is nested too deeply."),
        ({"m": []}, "Add a model."),
        ({"m": ["openai/gone"]}, "Not in the catalogue any more: openai/gone."),
        ({"m": [f"openai/many-{n}" for n in range(7)]}, "Not in the catalogue"),
        ({"message": "{{name}} and {{place}}"}, "name and place"),
        ({"message": "{{ no name }}"}, "names no variable"),
        ({"temperature": "9"}, "lies between 0 and 2"),
        ({"max_tokens": "0"}, "greater than or equal to 1"),
        ({"feature": "gone"}, "There is no such feature any more."),
        ({"turn_role": "tool", "turn_text": "x"}, "Earlier turns are of"),
    ],
    ids=range(14),
)
def test_bad_input_is_said_and_what_was_typed_stays(editor, ready, facts, said):
    answer = editor.post(START, {**sent(ready), "system": "Keep me.", **facts})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Keep me." in page
    assert not PlaygroundRun.objects.exists()


def test_seven_models_are_too_many(editor, organization):
    many = [enabled_model(organization) for _ in range(7)]

    answer = editor.post(START, sent(many))

    assert "At most 6 models: remove one." in answer.content.decode()


def test_pictures_are_kept_even_when_something_else_is_wrong(editor, ready):
    upload = SimpleUploadedFile("cat.png", png(), "image/png")

    answer = editor.post(START, {**sent(ready), "schema": "no", "uploads": upload})

    kept = PlaygroundImage.objects.get()
    assert (kept.name, kept.width_px, kept.height_px) == ("cat.png", 2, 3)
    assert f'name="image" value="{kept.digest}"' in answer.content.decode()
    shown = editor.get(f"/playground/images/{kept.digest}/")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown.content == png()


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"hello", "is not an image"), (b"x" * (11 * 2**20), "is 11.0 MB large")],
    ids=["text called png", "too large"],
)
def test_what_is_no_picture_is_refused(editor, ready, data, said):
    upload = SimpleUploadedFile("cat.png", data, "image/png")

    answer = editor.post(START, {**sent(ready), "uploads": upload})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not PlaygroundImage.objects.exists()


def test_a_link_brings_models_feature_and_message(editor, ready, organization):
    FeatureFactory(organization=organization, key="tagging", name="Photo tagging")

    page = editor.get(
        "/playground/?models=openai/gpt-a,openai/gpt-b&feature=tagging&message=Hi+you"
    ).content.decode()

    assert 'value="openai/gpt-a"' in page
    assert 'value="openai/gpt-b"' in page
    assert '<option value="tagging" selected>' in page
    assert ">Hi you</textarea>" in page
    assert "about $0.00" in page


def test_the_preview_tells_cost_and_new_variables(editor, ready):
    answer = editor.post(
        "/playground/preview/", sent(ready, system="Speak {{language}}.")
    )

    page = answer.content.decode()
    assert "about $0.00" in page
    assert 'name="value:language"' in page
    again = editor.post(
        "/playground/preview/",
        sent(ready, system="Speak {{language}}.", **{"value:language": "x"}),
    )
    assert 'name="value:language"' not in again.content.decode()


def test_models_are_found_without_those_chosen(editor, ready):
    page = editor.get("/playground/models/?q=gpt&m=openai/gpt-a").content.decode()

    assert 'data-add-model="openai/gpt-b"' in page
    assert 'data-add-model="openai/gpt-a"' not in page


def test_without_a_connection_the_next_step_is_told(editor):
    page = editor.get("/playground/").content.decode()

    assert "No connection yet" in page
    assert "Connect a provider" in page


def test_a_viewer_looks_but_does_not_run(viewer, ready):
    assert viewer.get("/playground/").status_code == 200
    assert viewer.post(START, sent(ready)).status_code == 403


def test_a_picture_of_another_organisation_is_not_found(editor, stranger, ready):
    upload = SimpleUploadedFile("cat.png", png(), "image/png")
    editor.post(START, {**sent(ready), "uploads": upload})
    digest = PlaygroundImage.objects.get().digest

    assert stranger.get(f"/playground/images/{digest}/").status_code == 404
