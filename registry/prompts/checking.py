"""What is wrong with a prompt before it is saved: everything at once, with the line.
Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.prompts.template import (
    MAX_DEFAULT_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_NAME_LENGTH,
    MAX_TEXT_BYTES,
    MAX_VARIABLES,
    NAME,
    Reference,
    TemplateError,
    Variable,
    pieces_of,
    shown,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """`line` of the text, from 1; 0 where it is about no line. `variable` is set where
    it is about one."""

    text: str
    line: int = 0
    variable: str = ""

    def __str__(self) -> str:
        return f"Line {self.line}: {self.text}" if self.line else self.text


@dataclass(frozen=True, slots=True)
class Checked:
    """Errors forbid saving; warnings do not."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    used: tuple[str, ...]
    """The variables in the text, each once, in their order."""

    @property
    def is_valid(self) -> bool:
        return not self.errors


def check_prompt(text: str, variables: Sequence[Variable]) -> Checked:
    """Whether `text` with its declared `variables` can be saved."""
    size_errors = list(_size_errors(text, variables))
    if size_errors:
        return Checked(tuple(size_errors), (), ())
    references, errors = _references(text)
    declared = {one.name for one in variables}
    used = tuple(dict.fromkeys(one.name for one in references))
    first = {one.name: one.line for one in reversed(references)}
    errors += [
        Finding(
            f"{{{{{name}}}}} is not declared. Declare it, or write \\{{{{ for the "
            "braces themselves.",
            first[name],
            name,
        )
        for name in used
        if name not in declared
    ]
    errors.sort(key=lambda one: one.line)
    errors += _variable_errors(variables)
    warnings = [
        Finding(f"{shown(one.name)} is declared and not in the text.", 0, one.name)
        for one in variables
        if one.name not in first
    ]
    return Checked(tuple(errors), tuple(warnings), used)


def _size_errors(text: str, variables: Sequence[Variable]) -> Iterator[Finding]:
    said = [text, *(f"{one.name}{one.description}{one.default}" for one in variables)]
    if any("\x00" in one for one in said):
        yield Finding("The prompt holds a NUL character.")
        return
    try:
        size = len(text.encode())
        "".join(said).encode()
    except UnicodeEncodeError:
        yield Finding("The prompt holds half of a character (a lone surrogate).")
        return
    if size > MAX_TEXT_BYTES:
        yield Finding(
            f"A prompt has at most {MAX_TEXT_BYTES:,} bytes; this one has {size:,}."
        )
    if not text.strip():
        yield Finding("The prompt says nothing.")
    if len(variables) > MAX_VARIABLES:
        yield Finding(
            f"A prompt has at most {MAX_VARIABLES} variables; "
            f"this one has {len(variables)}."
        )


def _references(text: str) -> tuple[list[Reference], list[Finding]]:
    found: list[Reference] = []
    try:
        found.extend(one for one in pieces_of(text) if isinstance(one, Reference))
    except TemplateError as error:
        said = str(error).removeprefix(f"Line {error.line}: ")
        return found, [Finding(said, error.line)]
    return found, []


def _variable_errors(variables: Sequence[Variable]) -> Iterator[Finding]:
    counts = Counter(one.name for one in variables)
    for one in variables:
        name = shown(one.name)
        if not NAME.fullmatch(one.name):
            yield Finding(
                f"“{name}” is no name of a variable: letters, digits and underscores, "
                f"at most {MAX_NAME_LENGTH}, no digit first.",
                0,
                one.name,
            )
        if counts.pop(one.name, 1) > 1:
            yield Finding(f"{name} is declared twice.", 0, one.name)
        if len(one.description) > MAX_DESCRIPTION_LENGTH:
            yield Finding(
                f"The description of {name} has more than {MAX_DESCRIPTION_LENGTH} "
                "characters.",
                0,
                one.name,
            )
        if one.default is not None and len(one.default) > MAX_DEFAULT_LENGTH:
            yield Finding(
                f"The default of {name} has more than {MAX_DEFAULT_LENGTH:,} "
                "characters.",
                0,
                one.name,
            )
