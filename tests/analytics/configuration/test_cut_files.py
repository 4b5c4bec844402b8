"""An export that lost its end, or its middle, is told from one that is whole."""

import pytest

from registry.configuration.files import ConfigurationWrong, written
from tests.analytics.configuration.conftest import read

VERSION = {
    "number": 1,
    "features": {
        key: {"model": "openai/one", "parameters": {"temperature": 0.5}}
        for key in ("a", "b", "c")
    },
}
DOCUMENT = {
    "prompts": {"PLAN": {"versions": [{"number": 1, "text": "One.\nTwo.\nThree."}]}},
    "packs": {"mine": {"name": "Mine", "versions": [VERSION]}},
    "organization": {"organization": {"default_model": "openai/one"}},
}


def wrong(text):
    with pytest.raises(ConfigurationWrong) as error:
        read(text)
    return [str(one) for one in error.value.findings]


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_whole_file_is_read_and_says_the_same(kind):
    text = written(DOCUMENT, kind)

    assert written(read(text).document, kind) == text


def test_a_file_cut_at_any_line_but_the_first_is_refused():
    lines = written(DOCUMENT, "yaml").splitlines(keepends=True)

    for length in range(2, len(lines)):
        assert wrong("".join(lines[:length])), length


def test_what_is_missing_is_said_with_its_line():
    text = written(DOCUMENT, "yaml").replace(
        "organization:\n  default_model: openai/one\n", ""
    )

    assert wrong(text) == [
        "config.yaml:5: entries · organization: Says 1 and holds 0: the file is cut, "
        "or a count was not changed."
    ]


def test_a_version_of_a_pack_that_lost_features_is_refused():
    text = written(DOCUMENT, "yaml")
    begin, end = text.index("        b:\n"), text.index("organization:\n  d")

    found = wrong(text[:begin] + text[end:])

    assert len(found) == 1
    assert "packs · mine" in found[0]
    assert "feature_count says 3, and 1 are here" in found[0]


def test_a_file_by_hand_needs_no_counts():
    assert read("modelhub: 1\nfeatures: {planner: {}}\n").document["features"]


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ("entries: 3\ncomplete: true", "number of entries of each section"),
        ("entries: {models: many}\ncomplete: true", "A whole number"),
        ("entries: {modles: 3}\ncomplete: true", "“modles” is no section"),
        ("complete: false", "or leave it out"),
    ],
)
def test_marks_that_say_nothing_sensible_are_refused(marks, said):
    assert said in wrong(f"modelhub: 1\n{marks}\n")[0]
