"""The role decides before its task, and that before everything; own before extended."""

import pytest

from registry.profiles.document import ProfileDocument
from registry.profiles.overlay import (
    ProfileCycle,
    ProfileMissing,
    chosen_for,
    effective,
    task_of,
)


def documents(**stored):
    return {slug: ProfileDocument.of(one) for slug, one in stored.items()}


def test_more_special_words_win_and_requirements_add_up():
    document = ProfileDocument.of(
        {
            "roles": {
                "code.review": {
                    "models": ["a/b"],
                    "requirements": {"math_strength": 1},
                },
                "*": {"models": ["x/y"], "requirements": {"max_memory_gb": 8}},
            },
            "tasks": {"coding": {"cloud_fallbacks": ["c/d"], "allow_cloud": True}},
        }
    )

    chosen = chosen_for(document, "code.review")

    assert chosen.preference.references == ("a/b", "c/d")
    assert chosen.preference.requirements == {"math_strength": 1, "max_memory_gb": 8}
    assert chosen.parts == ("the role code.review", "the task coding", "everything")
    assert chosen_for(document, "weather").preference.models == ("x/y",)


def test_an_empty_list_is_said_and_wins():
    document = ProfileDocument.of(
        {"roles": {"a": {"models": []}, "*": {"models": ["x/y"]}}}
    )

    assert chosen_for(document, "a").preference.models == ()


def test_a_profile_lies_over_what_it_extends():
    found = effective(
        "own",
        documents(
            base={"roles": {"*": {"models": ["x/y"], "allow_cloud": False}}},
            middle={"extends": "base"},
            own={"extends": "middle", "roles": {"*": {"models": ["a/b"]}}},
        ),
    )

    assert found.roles["*"].models == ("a/b",)
    assert found.roles["*"].allow_cloud is False


def test_a_circle_and_a_gap_are_refused():
    circle = documents(a={"extends": "b"}, b={"extends": "c"}, c={"extends": "b"})

    with pytest.raises(ProfileCycle, match="b → c → b"):
        effective("a", circle)
    with pytest.raises(ProfileMissing, match="extends z"):
        effective("a", documents(a={"extends": "z"}))


@pytest.mark.parametrize(
    ("key", "task"),
    [
        ("codeGenerator", "coding"),
        ("directCodeEditor.surgical", "coding"),
        ("imageDescription", "vision"),
        ("reply-drafts", "writing"),
        ("deep_research", "research"),
        ("planner", ""),
        ("legal.review", "legal"),
        ("weather", ""),
    ],
)
def test_words_of_a_key_say_the_task(key, task):
    known = dict.fromkeys(["coding", "vision", "writing", "research", "legal"])

    assert task_of(key, known) == task
