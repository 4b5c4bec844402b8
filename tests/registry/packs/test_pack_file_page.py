"""A file becomes a draft, or everything that is wrong with it is said at once."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registry.models import Pack

GOOD = b"""
name: Uploaded
features:
  planner:
    model: openai/one
    parameters: {temperature: 0.25}
  critic: openai/two
"""
BAD = b"""name: Uploaded
features:
  planner:
    modle: openai/one
  critic:
    model: nonsense
    parameters: {temperature: 9}
"""


def upload(editor, content, name="pack.yaml"):
    return editor.post("/packs/new/file/", {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_shown_before_it_is_saved(editor):
    text = html.unescape(upload(editor, GOOD).content.decode())

    assert '"temperature": 0.25' in text
    assert 'value="Uploaded"' in text
    assert not Pack.objects.exists()


def test_everything_that_is_wrong_is_said_with_its_line(editor):
    response = upload(editor, BAD)

    text = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert "line 4" in text
    assert "Did you mean model?" in text
    assert "line 6" in text
    assert "Temperature lies between 0 and 2" in text


def test_the_text_comes_back_to_be_corrected(editor):
    text = html.unescape(upload(editor, BAD).content.decode())
    again = editor.post("/packs/new/file/", {"text": GOOD.decode()})

    assert BAD.decode() in text
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.yaml"),
        (b"\x00\x01\x02", "binary.yaml"),
        (b"\xff\xfename", "utf16.yaml"),
        (b"name: x\nfeatures: {a: &a [*a]}", "cycle.yaml"),
        (b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", "bomb.yaml"),
        (b'{"name": "x", "features": {', "cut.json"),
        (b"!!python/object/apply:os.system ['true']", "object.yaml"),
        (b"[" * 5000, "deep.json"),
        (b"x" * 1_100_000, "large.yaml"),
        (b"name: <script>alert(1)</script>", "script.yaml"),
    ],
)
def test_a_file_that_is_no_pack_is_refused_with_words(editor, content, name):
    response = upload(editor, content, name)

    assert response.status_code == 422
    assert "is not a pack yet" in response.content.decode()
    assert "<script>alert" not in response.content.decode()


def test_nothing_sent_is_refused_too(editor):
    assert editor.post("/packs/new/file/").status_code == 422
