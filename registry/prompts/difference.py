"""Two texts side by side: which lines and which words differ. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from registry.prompts.template import Variable

WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")
ALIKE: Final = 0.4
"""Below it two lines share too little to be shown as one line that changed."""
MOST_LINES: Final = 5_000
"""Longer texts are compared from both ends only: nobody reads the rest side by side."""
LONGEST_LINE: Final = 2_000
"""Words are compared in lines up to so many characters."""
MOST_PAIRS: Final = 400
"""So many changed lines are compared word by word."""
CONTEXT_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a line; `is_changed` where the other side does not have it."""

    text: str
    is_changed: bool = False


Line = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table. A side without a line has no number; `op` is same,
    changed, removed, added, or gap: then `hidden` lines that are the same are left
    out."""

    op: str
    old_number: int | None = None
    old: Line = ()
    new_number: int | None = None
    new: Line = ()
    hidden: int = 0

    @property
    def old_mark(self) -> str:
        """The `data-op` of the left cell."""
        return {"changed": "del", "removed": "del", "added": "none"}.get(self.op, "")

    @property
    def new_mark(self) -> str:
        return {"changed": "ins", "added": "ins", "removed": "none"}.get(self.op, "")


@dataclass(frozen=True, slots=True)
class Difference:
    rows: tuple[Row, ...]

    def count(self, op: str) -> int:
        return sum(row.op == op for row in self.rows)

    @property
    def is_empty(self) -> bool:
        return all(row.op in ("same", "gap") for row in self.rows)

    @property
    def summary(self) -> str:
        """“3 lines removed, 2 added, 2 changed”."""
        counts = [(self.count(op), op) for op in ("removed", "added", "changed")]
        said = [f"{number} {op}" for number, op in counts if number]
        if not said:
            return "no line differs"
        number, _, rest = said[0].partition(" ")
        said[0] = f"{number} line{'s' * (number != '1')} {rest}"
        return ", ".join(said)


def difference(
    old: str, new: str, *, context_lines: int | None = CONTEXT_LINES
) -> Difference:
    """The rows of `old` beside `new`. Of lines that are the same `context_lines` stay
    around each change; None keeps all."""
    rows = list(_rows(old.splitlines(), new.splitlines()))
    return Difference(
        tuple(rows if context_lines is None else _folded(rows, context_lines))
    )


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    pairs_left = MOST_PAIRS
    for op, old_from, old_to, new_from, new_to in _blocks(old, new):
        if op == "equal":
            for place in range(old_to - old_from):
                line = (Segment(old[old_from + place]),)
                yield Row(
                    "same", old_from + place + 1, line, new_from + place + 1, line
                )
            continue
        left, right = old[old_from:old_to], new[new_from:new_to]
        for row in _block_rows(left, right, old_from, new_from, pairs_left):
            pairs_left -= row.op == "changed"
            yield row


def _blocks(
    old: Sequence[str], new: Sequence[str]
) -> list[tuple[str, int, int, int, int]]:
    if max(len(old), len(new)) <= MOST_LINES:
        return SequenceMatcher(None, old, new).get_opcodes()  # type: ignore[return-value]  # a Literal
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    return [
        ("equal", 0, start, 0, start),
        ("replace", start, len(old) - end, start, len(new) - end),
        ("equal", len(old) - end, len(old), len(new) - end, len(new)),
    ]


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines both begin with."""
    number = 0
    for left, right in zip(old, new, strict=False):
        if left != right:
            break
        number += 1
    return number


def _block_rows(
    old: Sequence[str], new: Sequence[str], old_at: int, new_at: int, pairs_left: int
) -> Iterator[Row]:
    """A block that differs. Lines at the same place that are alike stand beside each
    other; the others follow as removed, then added."""
    place = 0
    while place < min(len(old), len(new)) and place < pairs_left:
        pair = _pair(old[place], new[place])
        if pair is None:
            break
        yield Row("changed", old_at + place + 1, pair[0], new_at + place + 1, pair[1])
        place += 1
    for number, text in enumerate(old[place:], start=old_at + place + 1):
        yield Row("removed", number, (Segment(text),))
    for number, text in enumerate(new[place:], start=new_at + place + 1):
        yield Row("added", None, (), number, (Segment(text),))


def _pair(old: str, new: str) -> tuple[Line, Line] | None:
    """Both lines with what changed in them, or None where they are not alike."""
    if max(len(old), len(new)) > LONGEST_LINE:
        return None
    left, right = WORDS.findall(old), WORDS.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.ratio() < ALIKE:
        return None
    blocks = matcher.get_opcodes()
    return (
        tuple(_segment(left[a:b], op) for op, a, b, _, _ in blocks if a < b),
        tuple(_segment(right[a:b], op) for op, _, _, a, b in blocks if a < b),
    )


def _segment(words: Sequence[str], op: str) -> Segment:
    return Segment("".join(words), op != "equal")


def _folded(rows: Sequence[Row], context_lines: int) -> Iterator[Row]:
    near: set[int] = set()
    for place, row in enumerate(rows):
        if row.op != "same":
            near.update(range(place - context_lines, place + context_lines + 1))
    hidden = 0
    for place, row in enumerate(rows):
        if place in near:
            if hidden:
                yield Row("gap", hidden=hidden)
            hidden = 0
            yield row
        else:
            hidden += 1
    if hidden:
        yield Row("gap", hidden=hidden)


@dataclass(frozen=True)
class VariableChange:
    """One variable that two versions declare otherwise; empty: it is not declared."""

    name: str
    before: str
    after: str


def variable_changes(
    old: Iterable[Variable], new: Iterable[Variable]
) -> list[VariableChange]:
    """In the order of their names."""
    before = {one.name: _declared(one) for one in old}
    after = {one.name: _declared(one) for one in new}
    return [
        VariableChange(name, before.get(name, ""), after.get(name, ""))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _declared(variable: Variable) -> str:
    said = "required" if variable.is_required else f"default “{variable.default}”"
    return f"{said}, “{variable.description}”" if variable.description else said
