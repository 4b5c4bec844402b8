import itertools
import json

import pytest

from registry.lined.document import Unreadable
from registry.packs.document import PackDocument, PackFeature
from registry.packs.reading import read_pack
from registry.packs.writing import write_pack

PACK = PackDocument(
    "Mixed pack",
    "mixed-pack",
    "The best model for each task.",
    "First.",
    (
        PackFeature("critic", "openai/gpt-5"),
        PackFeature(
            "planner",
            "anthropic/claude-opus-5",
            ("openai/gpt-5", "ollama/qwen3:8b"),
            {"temperature": 0.25, "max_tokens": 4096, "stop": ["no", "on"]},
            "BRAIN_ORCHESTRATOR@7",
            "Ünïcode",
        ),
    ),
)


def problems(content, kind=""):
    with pytest.raises(Unreadable) as refused:
        read_pack(
            content if isinstance(content, bytes) else content.encode(), kind=kind
        )
    return [str(one) for one in refused.value.problems]


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_what_is_written_reads_back_without_loss(kind):
    assert read_pack(write_pack(PACK, kind).encode()) == PACK


def test_a_short_form_is_enough():
    document = read_pack(b"name: My pack!\nfeatures:\n  planner: openai/gpt-5\n")

    assert (document.slug, document.features) == (
        "my-pack",
        (PackFeature("planner", "openai/gpt-5"),),
    )


def test_everything_wrong_is_said_at_once_with_its_line():
    said = problems(
        """\
name: Mixed
slug: Mixed pack
colour: red
features:
  planner:
    model: openai/gpt-5
    falbacks: [a/b]
    parameters:
      temperature: 3
      top_p: high
  critic: openai
  "not a key": openai/gpt-5
  executor:
    model: openai/gpt-5
    fallbacks: [openai/gpt-5, a/b, a/b]
    prompt: two words
"""
    )

    assert said == [
        "Line 2: A slug has small letters, digits and dashes, as in starter-pack-1; "
        "at most 60.",
        "Line 3: “colour” is not known here.",
        "Line 7: planner: “falbacks” is not known here. Did you mean fallbacks?",
        "Line 9: planner: Temperature lies between 0 and 2.",
        "Line 10: planner: Top P is a number.",
        "Line 11: critic: Write a model as provider/model-id.",
        "Line 12: not a key: “not a key” is no key of a feature: use letters, digits, "
        "dots, dashes and underscores, at most 80.",
        "Line 15: executor: a/b is listed twice as a fallback.",
        "Line 15: executor: openai/gpt-5 cannot be its own fallback.",
        "Line 16: executor: Write a prompt as NAME@label or NAME@7.",
    ]


def test_json_is_told_with_its_lines_too():
    said = problems('{"name": "M",\n "features": {\n  "planner": {"model": 5}}}')

    assert said == ["Line 3: planner: Write a model as provider/model-id."]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name: M\nfeatures:\n  a: x/y\n  a: x/z\n", "Line 4: “a” is there twice"),
        (
            '{"name": "M",\n"features": {"a": "x/y",\n"a": "x/z"}}',
            "Line 3: “a” is there",
        ),
    ],
    ids=["yaml", "json"],
)
def test_a_key_that_is_there_twice_is_told_beside_the_rest(content, expected):
    (said,) = problems(content)

    assert said.startswith(expected)


def test_a_file_of_yaml_that_was_cut_in_half_is_refused():
    text = write_pack(PACK, "yaml")
    whole_features = text[: text.index("  planner:")]

    (said,) = problems(whole_features)

    assert said == ("Line 6: feature_count says 2, and 1 are here. Was the file cut?")


def test_a_file_of_json_is_refused_wherever_it_was_cut():
    text = write_pack(PACK, "json").rstrip()

    for length in range(1, len(text), 7):
        (said, *_) = problems(text[:length], "json")
        assert "the file ends in the middle: it was cut" in said, text[:length]


BOMB = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in itertools.pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (BOMB, "Line 1: Anchors (&) and aliases (*) are refused."),
        ("name: !!python/object:os.system x\n", "Line 1: Tags (!) are refused."),
        ("[" * 50 + "]" * 50, "nests deeper than 12 levels"),
        ("x: " + "[" * 50 + "]" * 50, "nests deeper than 12 levels"),
        ("features: [" + "1," * 60_000 + "]", "more than 50,000 values"),
        ("name: " + "x" * 1_100_000, "The file is larger than 1 MB."),
        (b"\xff\xfen\x00a\x00", "UTF-16"),
        (b"name: \xe9\n", "Line 1: The file is not UTF-8 text."),
        ("", "The file is empty."),
        ("# nothing\n", "A pack is a mapping with a name and features."),
        ("name: [\n", "The YAML cannot be read"),
        ("name: M\nfeatures: {}\n", "Line 2: A pack names at least one feature."),
        ('{"name": "a\\u0000b", "features": {}}', "signs that no text can hold"),
        ('name: "a\\0b"\nfeatures: {a: x/y}\n', "signs that no text can hold"),
        ('{"name": "M", "features": {"a": 1e999}}', "A feature gets a model"),
        ('{"name": "M", "features": 1' + "0" * 50 + "}", "more than 40 digits"),
        ('{"modelhub_pack": 2, "name": "M", "features": {"a": "x/y"}}', "form 1"),
    ],
)
def test_what_is_no_pack_is_refused_in_words(content, expected):
    assert any(expected in one for one in problems(content)), problems(content)


def test_a_file_of_a_megabyte_is_read_quickly_enough_to_be_refused_in_full():
    features = {f"feature-{number}": "no model" for number in range(2_000)}

    said = problems(json.dumps({"name": "M", "features": features}))

    assert len(said) == 2_000
