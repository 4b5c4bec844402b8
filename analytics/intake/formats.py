"""The formats of usage files, and how one is told from another. Pure."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from analytics.incoming import IncomingCall
from analytics.intake import (
    anthropic_console,
    helicone,
    langfuse,
    litellm,
    openai_console,
    own,
)
from analytics.intake.fields import Entry
from analytics.intake.invoices import InvoiceFigure
from analytics.intake.langfuse import snake
from analytics.usage_row import Source

DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, slots=True)
class Format:
    """`signs` are names that only its files have together. One reads calls, or sums of
    a provider, which are no calls."""

    key: str
    title: str
    signs: frozenset[str]
    call_of: Callable[[Entry], IncomingCall] | None = None
    figure_of: Callable[[Entry], InvoiceFigure] | None = None

    def fits(self, names: Iterable[str]) -> bool:
        said = set(names)
        return self.signs <= said or self.signs <= {snake(name) for name in said}


OWN: Final = Format(
    "modelhub",
    "ModelHub (JSON lines or CSV)",
    frozenset({"id", "started_at", "model"}),
    partial(own.call_of, source=Source.IMPORT),
)
FORMATS: Final = (
    OWN,
    Format("litellm", "LiteLLM spend logs", litellm.SIGNS, litellm.call_of),
    Format("langfuse", "Langfuse observations", langfuse.SIGNS, langfuse.call_of),
    Format("helicone", "Helicone requests", helicone.SIGNS, helicone.call_of),
    Format(
        "openai-usage",
        "OpenAI console: usage",
        openai_console.USAGE_SIGNS,
        figure_of=openai_console.figure_of,
    ),
    Format(
        "openai-cost",
        "OpenAI console: cost",
        openai_console.COST_SIGNS,
        figure_of=openai_console.figure_of,
    ),
    Format(
        "anthropic-usage",
        "Anthropic console: usage",
        anthropic_console.USAGE_SIGNS,
        figure_of=anthropic_console.figure_of,
    ),
    Format(
        "anthropic-cost",
        "Anthropic console: cost",
        anthropic_console.COST_SIGNS,
        figure_of=anthropic_console.figure_of,
    ),
)
BY_KEY: Final = {one.key: one for one in FORMATS}


class NotRecognised(Exception):
    """The file cannot be read as any format; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is to be read, and why. `delimiter` is empty for JSON. `renamed` are
    columns by what they are to be called."""

    format: Format
    reason: str
    names: tuple[str, ...] = ()
    delimiter: str = ""
    encoding: str = "utf-8-sig"
    renamed: tuple[tuple[str, str], ...] = ()


def recognise(
    start: bytes,
    *,
    key: str = "",
    delimiter: str = "",
    encoding: str = "",
    renamed: Iterable[tuple[str, str]] = (),
) -> Layout:
    """The layout of a file by its first kilobytes; what is given wins. Raises
    NotRecognised with a hint, also for a wrong delimiter or encoding."""
    if not start.strip():
        raise NotRecognised("The file is empty.")
    text, encoding = _decoded(start, encoding)
    renames = tuple(renamed)
    if not delimiter and text.lstrip()[:1] in ("{", "["):
        names, delimiter = _json_names(text), ""
    else:
        names, delimiter = _header(text, delimiter)
    final = {dict(renames).get(name, name) for name in names}
    if key:
        found, reason = BY_KEY[key], "You said so."
    else:
        found, reason = _by_names(final, names, delimiter)
    return Layout(found, reason, names, delimiter, encoding, renames)


def _by_names(
    final: set[str], names: tuple[str, ...], delimiter: str
) -> tuple[Format, str]:
    for one in FORMATS:
        if one.fits(final):
            return one, f"It has {', '.join(sorted(one.signs))}."
    shown = ", ".join(names[:12]) or "nothing"
    if delimiter and len(names) == 1:
        raise NotRecognised(
            f"The first line is one column, {shown[:80]!r}: say what stands between "
            "columns (the delimiter), as in a semicolon."
        )
    needed = ", ".join(sorted(OWN.signs))
    raise NotRecognised(
        f"The names are of no format that is known: {shown}. Choose one, or "
        f"say (map) which columns are {needed}."
    )


def _decoded(start: bytes, encoding: str) -> tuple[str, str]:
    if not encoding and start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    chosen = encoding or "utf-8-sig"
    try:
        # A character may be cut at the end of what was read.
        return start.decode(chosen, "ignore" if encoding == "utf-16" else "strict"), (
            chosen
        )
    except LookupError:
        raise NotRecognised(f"There is no encoding {encoding!r}.") from None
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return start[: error.start].decode(chosen), chosen
        raise NotRecognised(
            f"The file is not {chosen.removesuffix('-sig')} text (byte {error.start}). "
            "Say which encoding it is, as in cp1252."
        ) from None


def _json_names(text: str) -> tuple[str, ...]:
    """The names of the first object."""
    body = text.lstrip().removeprefix("[").lstrip()
    try:
        value, _ = json.JSONDecoder().raw_decode(body)
    except ValueError as error:
        raise NotRecognised(f"The first entry is no JSON: {error}.") from None
    if not isinstance(value, dict):
        raise NotRecognised("The first entry is no JSON object.")
    return tuple(value)


def _header(text: str, delimiter: str) -> tuple[tuple[str, ...], str]:
    line = text.splitlines()[0]
    chosen = delimiter or max(DELIMITERS, key=line.count)
    if len(chosen) != 1:
        raise NotRecognised("A delimiter is one character, as in a semicolon.")
    row = next(csv.reader([line], delimiter=chosen), [])
    return tuple(name.strip() for name in row), chosen
