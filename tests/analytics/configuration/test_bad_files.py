"""Files that nobody can use: told whole, with lines, and nothing is changed."""

import pytest

from analytics.configuration_sections import SECTIONS
from registry.configuration.files import MAX_BYTES, ConfigurationWrong
from registry.configuration.folder import read_file


def wrong(tmp_path, content: bytes, name="bad.yaml"):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigurationWrong) as error:
        read_file(str(path), SECTIONS, lambda _: False)
    return [(one.line, one.text) for one in error.value.findings]


def test_a_yaml_bomb(tmp_path):
    bomb = b"modelhub: 1\nmodels: &a [x, x]\nfeatures: [*a, *a]\n"

    assert wrong(tmp_path, bomb) == [
        (2, "Anchors (&) and aliases (*) are refused. Write each value out.")
    ]


def test_a_file_cut_in_half(tmp_path):
    found = wrong(tmp_path, b'{"modelhub": 1,\n "models": {"openai/one": {', "cut.json")

    assert "cut" in found[0][1]


def test_a_file_of_fifty_megabytes(tmp_path):
    found = wrong(tmp_path, b"#" * (50 * 1024 * 1024))

    assert found == [(0, f"The file is larger than {MAX_BYTES // 1_000_000} MB.")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("modelhub: 1".encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param(b"modelhub: 1\nx: \xff", "not UTF-8", id="latin"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\x00\x01", "NUL", id="binary"),
        pytest.param(b"- 1", "A mapping", id="list"),
        pytest.param(b"models: {}", "“modelhub: 1” is missing", id="no header"),
        pytest.param(b"modelhub: 7", "of the form 1", id="another form"),
    ],
)
def test_what_is_no_configuration(tmp_path, content, said):
    assert said in wrong(tmp_path, content)[0][1]


def test_names_that_are_there_twice(tmp_path):
    text = b"modelhub: 1\nmodels:\n  openai/one: {}\n  openai/one: {}\n"

    assert wrong(tmp_path, text) == [
        (4, "“openai/one” is there twice: on line 3 already.")
    ]


def test_everything_is_said_at_once(tmp_path):
    text = b"""\
modelhub: 1
modles: {}
models:
  gpt: {}
  openai/one: {enabled: 1, parameters: {temperature: 9, heat: 1}}
features:
  planner: {urgency: soon, assignment: {fallbacks: [x]}}
packs:
  mixed: {versions: [{features: {a: {fallbacks: []}}}]}
prompts:
  PLAN: {versions: [{text: "{{x}}", number: 2}, {text: b, number: 1}]}
profiles:
  base: {roles: {"*": {requirements: {reasoning_strength: 3}}}}
budgets:
  All: {scope: everything, amount_usd: -1}
"""

    lines = [line for line, _ in wrong(tmp_path, text)]

    assert set(lines) == {2, 4, 5, 7, 9, 11, 13, 15}
    assert lines.count(5) == 3


@pytest.mark.parametrize("field", ["api_key", "key", "token", "password", "headers"])
def test_a_secret_is_refused_and_not_repeated(tmp_path, field):
    text = f"modelhub: 1\nconnections:\n  openai/Main:\n    {field}: abcdef\n"

    found = wrong(tmp_path, text.encode())

    assert any(line == 4 and "secret" in said for line, said in found)
    assert not any("abcdef" in said for _, said in found)


def test_what_looks_like_a_key_is_refused_wherever_it_stands(tmp_path):
    text = b"modelhub: 1\nmodels:\n  openai/one: {notes: sk-abcdefghijklmnopqrstuvwx}\n"

    found = wrong(tmp_path, text)

    assert found[0][0] == 3
    assert "sk-" not in found[0][1]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigurationWrong, match="No such file"):
        read_file(str(tmp_path / "none.yaml"), SECTIONS, lambda _: False)
