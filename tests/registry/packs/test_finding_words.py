"""Findings in few words, for cards and lists."""

from registry.packs.finding_words import grouped, in_words
from registry.packs.findings import Finding


def finding(code, feature, model="", severity="error", text="", proposal=""):
    return Finding(severity, feature, code, text or code, model, proposal)


def test_models_are_counted_once_however_many_features_name_them():
    found = [
        finding("not_enabled", "chat", "openai/a"),
        finding("not_enabled", "search", "openai/a"),
        finding("not_enabled", "planner", "openai/b"),
        finding("retired", "critic", "openai/c"),
    ]

    assert in_words(found) == "1 model is retired, 2 models are not enabled"


def test_the_rest_is_counted_as_more_to_look_at():
    found = [
        finding("not_enabled", "chat", "openai/a"),
        finding("parameters", "chat", severity="error"),
    ]

    assert in_words(found) == "1 model is not enabled, 1 more to look at"


def test_notes_are_no_findings_to_warn_of():
    assert in_words([finding("no_feature", "chat", severity="note")]) == ""


def test_what_says_the_same_stands_once_with_its_features_errors_first():
    found = [
        finding("unpriced", "chat", "openai/a", "warning", "No price."),
        finding("retired", "chat", "openai/b", text="Gone."),
        finding("retired", "search", "openai/b", text="Gone."),
    ]

    groups = grouped(found)

    assert [(one.text, one.features) for one in groups] == [
        ("Gone.", ("chat", "search")),
        ("No price.", ("chat",)),
    ]
