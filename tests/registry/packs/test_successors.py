import datetime

import pytest

from registry.packs.successors import Relative, successor_of

TODAY = datetime.date(2026, 11, 21)
PAST = datetime.date(2026, 1, 1)
SOON = datetime.date(2026, 12, 11)


def named(reference, **facts):
    return Relative(reference, **facts)


def follower(gone, *others, **more):
    found = successor_of(gone, others, today=TODAY, **more)
    return found.reference if found else None


@pytest.mark.parametrize(
    ("reference", "line", "version"),
    [
        ("anthropic/claude-3-5-haiku-20241022", "claude-haiku", (3, 5)),
        ("openai/gpt-5.4-mini", "gpt-mini", (5, 4)),
        ("google/gemini-3-pro-preview", "gemini-pro", (3,)),
        ("openai/gpt-5-nano-2025-08-07", "gpt-nano", (5,)),
        ("openai/gpt-3.5-turbo-0613", "gpt-turbo", (3, 5)),
        ("google/gemini-2.5-flash-preview-09-2025", "gemini-flash", (2, 5)),
        ("openai/o3", "o", (3,)),
    ],
)
def test_a_name_tells_its_line_and_version(reference, line, version):
    assert (named(reference).line, named(reference).version) == (line, version)


def test_the_newest_of_the_family_follows():
    assert (
        follower(
            named("openai/gpt-4-mini", family="gpt-mini", retired_on=PAST),
            named("openai/gpt-5-mini", family="gpt-mini"),
            named("openai/gpt-5.4-mini", family="gpt-mini"),
            named("openai/gpt-6", family="gpt"),
        )
        == "openai/gpt-5.4-mini"
    )


def test_ten_is_newer_than_nine():
    assert follower(named("a/m-8"), named("a/m-9"), named("a/m-10")) == "a/m-10"


def test_one_that_stays_goes_before_a_newer_one_that_leaves():
    assert (
        follower(named("a/m-1"), named("a/m-2"), named("a/m-3", retired_on=SOON))
        == "a/m-2"
    )


@pytest.mark.parametrize(
    "other",
    [
        named("a/m-2", retired_on=PAST),
        named("a/m-2", is_listed=False),
        named("b/m-2"),
        named("a/m-0"),
        named("a/n-2"),
    ],
    ids=["retired", "vanished", "another provider", "older", "another family"],
)
def test_nobody_follows_rather_than_the_wrong_one(other):
    assert follower(named("a/m-1"), other) is None


def test_what_features_require_is_required_of_the_successor():
    sees = frozenset({"image_analysis"})

    assert (
        follower(
            named("a/m-1", capabilities=sees),
            named("a/m-3"),
            named("a/m-2", capabilities=sees),
            required=sees,
        )
        == "a/m-2"
    )


def test_a_family_may_hold_models_for_other_things():
    assert (
        follower(
            named("g/gemini-2-flash", family="gemini-flash"),
            named("g/gemini-4-flash-tts", family="gemini-flash"),
            named("g/gemini-3-flash", family="gemini-flash"),
        )
        == "g/gemini-3-flash"
    )


def test_a_misspelt_name_finds_the_one_it_looks_like():
    assert (
        follower(
            named("openai/gpt-6-lunna"),
            named("openai/gpt-6-luna"),
            named("openai/whisper"),
            is_known=False,
        )
        == "openai/gpt-6-luna"
    )
