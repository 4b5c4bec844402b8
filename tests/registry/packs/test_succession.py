"""Successors take the place of models that are gone, wherever they stand."""

from registry.packs.document import PackDocument, PackFeature
from registry.packs.findings import Finding
from registry.packs.succession import successions, with_successors

DOCUMENT = PackDocument(
    "Mine",
    "mine",
    features=(
        PackFeature("chat", "openai/old", ("openai/new", "google/flash")),
        PackFeature("planner", "google/flash", ("openai/old",)),
        PackFeature("search", "openai/old"),
    ),
)


def gone(feature, severity="error"):
    return Finding(
        severity, feature, "retired", "It is gone.", "openai/old", "openai/new"
    )


def test_a_pair_of_models_is_told_once_with_all_its_features():
    found = successions([gone("chat"), gone("planner", "warning"), gone("chat")])

    assert [(one.before, one.after, one.features) for one in found] == [
        ("openai/old", "openai/new", ("chat", "planner"))
    ]


def test_a_finding_without_a_proposal_proposes_nothing():
    finding = Finding("error", "chat", "unknown_model", "No model.", "openai/old")

    assert successions([finding]) == ()


def test_only_the_features_named_are_changed():
    found = successions([gone("chat"), gone("planner", "warning")])

    after = with_successors(DOCUMENT, found)

    assert [(one.model, one.fallbacks) for one in after.features] == [
        ("openai/new", ("google/flash",)),
        ("google/flash", ("openai/new",)),
        ("openai/old", ()),
    ]


def test_the_new_version_says_why_it_is_there():
    after = with_successors(DOCUMENT, successions([gone("chat")]))

    assert after.note == "Successors: openai/old → openai/new"
