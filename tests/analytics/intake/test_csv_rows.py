"""Rows of CSV: one that is wrong costs itself, and no row after it."""

import pytest

from analytics.intake.entries import MOST_LINES, csv_entries


def rows_of(text: str):
    pieces = [text[at : at + 7].encode() for at in range(0, len(text), 7)]
    return list(csv_entries(pieces, delimiter=",", encoding="utf-8-sig"))


def test_a_text_in_quotation_marks_may_have_lines():
    first, second = rows_of('id,note\n1,"two\nlines, ""said"" he"\n2,x\n')

    assert first.value == {"id": "1", "note": 'two\nlines, "said" he'}
    assert (first.line, second.line) == (2, 4)


@pytest.mark.parametrize("after", [3, MOST_LINES + 50], ids=["few", "many"])
def test_a_quotation_mark_that_is_never_closed_costs_its_row(after):
    text = 'id,note\n1,fine\n2,"open\n' + "3,fine\n" * after

    good, bad, *rest = rows_of(text)

    assert good.value == {"id": "1", "note": "fine"}
    assert (bad.line, bad.value) == (3, None)
    assert bad.problem == "A quotation mark is opened in this row and never closed."
    assert [one.line for one in rest] == list(range(4, 4 + after))
    assert all(one.value == {"id": "3", "note": "fine"} for one in rest)


def test_one_that_another_row_closes_costs_its_row_alone():
    found = rows_of('id,note\n1,"open\n2,fine\n3,a "word"\n4,fine\n')

    assert [one.line for one in found if one.problem] == [2]
    assert [one.value["id"] for one in found if one.value] == ["2", "3", "4"]


def test_too_many_fields_are_told_with_their_line():
    _, bad, good = rows_of("id,note\n1,a\n2,b,c\n3,d\n")

    assert (bad.line, bad.problem) == (3, "The row has 3 fields, the header 2.")
    assert good.value == {"id": "3", "note": "d"}
