"""What a key, a name and a header may be; a refusal repeats no secret."""

import pytest
from django.core.exceptions import ValidationError

from registry.connection_rules import (
    checked_base_url,
    checked_headers,
    checked_key,
    checked_label,
    checked_variable,
    is_other_server,
    last_four,
    read_headers,
)


def test_a_key_is_taken_without_the_blanks_around_it():
    assert checked_key("  sk-1\r\n") == "sk-1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "sk-hid den",
        "sk-hidden\nX: y",
        "sk-hid\x00den",
        "sk-hiddén",
        "Bearer sk-hidden",
        "sk-hid\x7fden",
        "sk-hidden" * 1000,
    ],
)
def test_what_is_no_key_is_refused_and_not_repeated(text):
    with pytest.raises(ValidationError) as refused:
        checked_key(text)

    assert "hid" not in str(refused.value)


def test_a_short_key_shows_nothing_of_itself():
    assert last_four("sk-0123456789") == "6789"
    assert last_four("short-key") == ""


@pytest.mark.parametrize("text", ["", " ", "x" * 5000, "a\nb", "a\x00b", "a\u202eb"])
def test_a_name_is_one_short_visible_line(text):
    with pytest.raises(ValidationError):
        checked_label(text)


@pytest.mark.parametrize("text", ["1KEY", "A-KEY", "A KEY", "KEY\x00", "K" * 121])
def test_a_variable_has_a_name_that_a_shell_takes(text):
    with pytest.raises(ValidationError):
        checked_variable(text)


def test_an_address_is_kept_in_one_spelling():
    assert checked_base_url(" https://A.example/v1/ ") == "https://a.example/v1"
    assert checked_base_url("  ") == ""


def test_headers_are_read_line_by_line():
    text = "X-Team: blue\n\nX-Url: http://a.example:80\r\n"

    assert read_headers(text) == {"X-Team": "blue", "X-Url": "http://a.example:80"}


@pytest.mark.parametrize("text", ["hidden", ": hidden", "X-A: 1\nx-a: hidden"])
def test_a_line_that_is_no_header_is_named_by_its_number(text):
    with pytest.raises(ValidationError, match="Line") as refused:
        read_headers(text)

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"X": "hidden\r\nY: b"},
        {"X": "hidden\nY: b"},
        {"X": "hidden\x00"},
        {"X": "hiddén"},
        {"X": ""},
        {"X": "hidden" * 500},
        {"X Y": "hidden"},
        {"X\r\nY": "hidden"},
        {"Host": "hidden"},
        {"content-length": "hidden"},
        {"Transfer-Encoding": "hidden"},
        {"authorization": "hidden"},
        {f"X-{number}": "hidden" for number in range(21)},
    ],
)
def test_a_header_that_would_break_or_change_the_call_is_refused(headers):
    with pytest.raises(ValidationError) as refused:
        checked_headers(headers, "Authorization")

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("after", "is_other"),
    [
        ("https://a.example/v2", False),
        ("https://b.example/v1", True),
        ("http://a.example/v1", True),
        ("https://a.example:444/v1", True),
    ],
)
def test_another_host_scheme_or_port_is_another_server(after, is_other):
    assert is_other_server("https://a.example/v1", after) is is_other
