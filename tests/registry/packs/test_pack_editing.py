"""One button of the pack editor at a time; nothing that was typed is lost."""

import pytest

from registry.pack_editing import stepped
from registry.packs.document import PackFeature
from registry.packs.drafting import Draft

DRAFT = Draft.of([PackFeature("chat", "openai/a", ("openai/b",))], ["planner"])


def sent(**more):
    return {"document": DRAFT.as_text(), **more}


def row(key="chat", model="openai/a", fallbacks="openai/b", **more):
    said = {"row-key": key, "row-model": model, "row-fallbacks": fallbacks}
    return said | {f"row-{name}": value for name, value in more.items()}


def test_a_row_opens_with_what_it_says():
    editing = stepped(sent(open="chat"))

    assert editing.open_key == "chat"
    assert editing.row["fallbacks"].value() == "openai/b"


def test_closing_a_row_takes_what_was_typed():
    editing = stepped(
        sent(
            close="1",
            **row(model="openai/c", temperature="0.25", prompt="CHAT@production"),
        )
    )

    changed = editing.draft.row("chat")
    assert editing.row is None
    assert (changed.model, changed.fallbacks) == ("openai/c", ("openai/b",))
    assert changed.parameters == {"temperature": 0.25}
    assert changed.prompt == "CHAT@production"


def test_opening_another_row_keeps_the_one_that_was_open():
    editing = stepped(sent(open="planner", **row(model="openai/c")))

    assert editing.open_key == "planner"
    assert editing.draft.row("chat").model == "openai/c"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"model": "no-provider"}, "model"),
        ({"fallbacks": "openai/a"}, "fallbacks"),
        ({"fallbacks": "openai/b\nopenai/b"}, "fallbacks"),
        ({"fallbacks": "nonsense"}, "fallbacks"),
        ({"fallbacks": "\n".join(f"a/{n}" for n in range(9))}, "fallbacks"),
        ({"prompt": "no such form!"}, "prompt"),
        ({"temperature": "3"}, "temperature"),
        ({"max_tokens": "many"}, "max_tokens"),
    ],
)
def test_a_row_with_something_wrong_stays_open_and_says_so(wrong, field):
    editing = stepped(sent(close="1", **row(**wrong)))

    assert not editing.is_sound
    assert field in editing.row.errors
    assert editing.draft == DRAFT


def test_a_model_that_was_found_becomes_the_model_or_a_fallback():
    used = stepped(sent(use="openai/b", **row()))
    added = stepped(sent(fall_back="google/c", **row()))

    assert used.draft.row("chat").model == "openai/b"
    assert used.draft.row("chat").fallbacks == ()
    assert added.draft.row("chat").fallbacks == ("openai/b", "google/c")
    assert added.open_key == "chat"


def test_a_new_row_is_open_at_once():
    editing = stepped(sent(add="1", add_key="codeGenerator.surgical"))

    assert editing.open_key == "codeGenerator.surgical"
    assert "codeGenerator.surgical" in editing.draft.keys


@pytest.mark.parametrize("key", ["", "a b", "<script>", "x" * 81])
def test_a_key_that_cannot_be_one_is_refused_with_words(key):
    editing = stepped(sent(add="1", add_key=key))

    assert editing.problem
    assert editing.draft == DRAFT


def test_one_model_for_every_row_needs_a_model():
    assert stepped(sent(fill="all", fill_model="nothing")).problem
    filled = stepped(sent(fill="empty", fill_model="google/c")).draft
    assert [one.model for one in filled.rows] == ["openai/a", "google/c"]


def test_a_row_is_taken_out():
    assert stepped(sent(take_out="chat")).draft.keys == {"planner"}
