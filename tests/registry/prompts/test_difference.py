"""The rows of the table tell both texts, and what differs between them."""

import time

from hypothesis import given
from hypothesis import strategies as st

from registry.prompts.difference import VariableChange, difference, variable_changes
from registry.prompts.template import Variable

LINES = st.lists(st.text(alphabet="ab {}", max_size=8), max_size=12).map("\n".join)


def side(rows, number, segments):
    return [
        "".join(one.text for one in getattr(row, segments))
        for row in rows
        if getattr(row, number) is not None
    ]


@given(LINES, LINES)
def test_each_side_of_the_rows_is_its_text(old, new):
    rows = difference(old, new, context_lines=None).rows

    assert side(rows, "old_number", "old") == old.splitlines()
    assert side(rows, "new_number", "new") == new.splitlines()


@given(LINES, LINES)
def test_a_row_that_is_the_same_shows_the_same_on_both_sides(old, new):
    for row in difference(old, new, context_lines=None).rows:
        assert (row.op != "same") or row.old == row.new


def test_words_that_differ_are_marked_in_a_line_that_changed():
    (row,) = difference("Be polite, warm.", "Be warm.").rows

    assert row.op == "changed"
    assert [one.text for one in row.old if one.is_changed] == [" polite,"]
    assert not any(one.is_changed for one in row.new)


def test_lines_without_likeness_are_removed_and_added():
    found = difference("one\nsomething here", "one\nQQQ")

    assert [row.op for row in found.rows] == ["same", "removed", "added"]
    assert found.summary == "1 line removed, 1 added"


def test_far_lines_that_are_the_same_are_folded_and_counted():
    old = "\n".join(f"line {n}" for n in range(100))

    found = difference(old, old.replace("line 50", "row 50"))

    assert [row.hidden for row in found.rows if row.op == "gap"] == [46, 45]
    assert len(found.rows) == 2 + 4 + 1 + 4


def test_texts_that_are_the_same_have_no_difference():
    assert difference("a\nb", "a\nb").is_empty
    assert difference("", "").summary == "no line differs"


def test_large_texts_are_compared_in_bearable_time():
    old = "\n".join("ab"[n % 2] for n in range(60_000))
    new = "\n".join("ba"[n % 3 == 0] for n in range(60_000))
    began = time.perf_counter()

    difference(old, new)

    assert time.perf_counter() - began < 5


def test_variables_that_are_declared_otherwise_are_named():
    old = [Variable("a"), Variable("b", "", "x"), Variable("same")]
    new = [Variable("a", "How"), Variable("c", "", "y"), Variable("same")]

    assert variable_changes(old, new) == [
        VariableChange("a", "required", "required, “How”"),
        VariableChange("b", "default “x”", ""),
        VariableChange("c", "", "default “y”"),
    ]
