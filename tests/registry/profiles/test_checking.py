"""Everything that is wrong in a document is said at once, with its place."""

from decimal import Decimal

import pytest

from registry.profiles.checking import DocumentError, clean_document, wrong_in_document


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], ()),
        ({"rolls": {}}, ("rolls",)),
        ({"extends": "No Slug"}, ("extends",)),
        ({"roles": []}, ("roles",)),
        ({"roles": {"a b": {}}}, ("roles", "a b")),
        ({"roles": {7: {}}}, ("roles", "7")),
        ({"tasks": {"*": {}}}, ("tasks", "*")),
        ({"roles": {"a": []}}, ("roles", "a")),
        ({"roles": {"a": {"model": "x/y"}}}, ("roles", "a", "model")),
        ({"roles": {"a": {"models": "x/y"}}}, ("roles", "a", "models")),
        ({"roles": {"a": {"models": ["mini"]}}}, ("roles", "a", "models", 0)),
        ({"roles": {"a": {"models": ["x/y", "x/y"]}}}, ("roles", "a", "models", 1)),
        ({"roles": {"a": {"models": ["x/\x00"]}}}, ("roles", "a", "models", 0)),
        ({"roles": {"a": {"allow_cloud": "no"}}}, ("roles", "a", "allow_cloud")),
        ({"roles": {"a": {"task": "a b"}}}, ("roles", "a", "task")),
    ],
)
def test_a_wrong_shape_is_found_where_it_is(document, path):
    assert [place for place, _ in wrong_in_document(document)] == [path]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reasoning_strength", 1.01),
        ("reasoning_strength", True),
        ("reasoning_strength", float("nan")),
        ("min_context_tokens", 0),
        ("min_context_tokens", 8.5),
        ("max_memory_gb", "8"),
        ("needs_tools", 1),
        ("latency_class", "warp"),
        ("capabilities", ["flying"]),
        ("strength", 1),
    ],
)
def test_a_wrong_requirement_is_found(name, value):
    document = {"roles": {"*": {"requirements": {name: value}}}}

    ((place, _),) = wrong_in_document(document)

    assert place[:4] == ("roles", "*", "requirements", name)


def test_wrong_parameters_are_found_and_all_is_said_at_once():
    document = {
        "extends": "A",
        "roles": {"a": {"parameters": {"temperature": 9}, "models": ["x"]}},
    }

    with pytest.raises(DocumentError) as caught:
        clean_document(document)

    assert len(caught.value.wrong) == 3
    assert "roles · a · parameters · temperature: " in str(caught.value)


def test_the_stored_form_holds_only_what_was_said():
    document = {
        "extends": None,
        "roles": {
            "a": {
                "models": ["x/y"],
                "task": "",
                "requirements": {"max_memory_gb": Decimal("8.5"), "needs_tools": None},
            },
            "b": None,
        },
        "tasks": {},
    }

    assert clean_document(document) == {
        "roles": {"a": {"models": ["x/y"], "requirements": {"max_memory_gb": 8.5}}}
    }
