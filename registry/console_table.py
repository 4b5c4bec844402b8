"""Tables that console commands print: fitted to a terminal, and as wide as they are
where the output goes to a file or another program."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_COLUMNS: Final = 400


def table_text(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    is_terminal: bool = False,
    right: Sequence[str] = (),
) -> str:
    """The table as text with a line for each row; `right` names columns of numbers.
    None is a dash. What the cells hold is never read as markup."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        justify = "right" if column in right else "left"
        table.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]  # one of two words
    for row in rows:
        table.add_row(*(Text(_shown(value)) for value in row))
    out = io.StringIO()
    width = None if is_terminal else PIPED_COLUMNS
    Console(file=out, width=width, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().rstrip().splitlines())


def _shown(value: object) -> str:
    if value is None or value == "":
        return "–"
    plain = str(value)
    return "".join(
        one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in plain
    )
