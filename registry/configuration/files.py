"""Configuration files: read with lines, everything that is wrong said at once, and
written so that reading gives the same. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import yaml

from registry.configuration.counts import MARKS, with_counts, wrong_counts
from registry.configuration.fields import FieldError, Wrong
from registry.configuration.secrets import secrets_in
from registry.configuration.section import (
    FORMAT,
    HEADER,
    ORGANIZATION_KEY,
    Document,
    Entry,
    Section,
    Sections,
)
from registry.lined.document import (
    LinedDocument,
    Path,
    Problem,
    Unreadable,
    text_of,
)
from registry.lined.json_text import lined_json
from registry.lined.yaml_text import lined_yaml
from registry.prompts.files import BlockDumper

Kind = Literal["yaml", "json", ""]
MAX_BYTES: Final = 20_000_000
MAX_VALUES: Final = 500_000
MAX_ENTRIES: Final = 20_000


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong with a configuration, for a person. Without a line it has no
    place in a file; without a file it is about what was asked for."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        if not self.file:
            return self.text
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.text}"

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "line": self.line or None, "text": self.text}


class ConfigurationWrong(Exception):
    """The configuration cannot be used; `findings` is everything wrong with it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings)))


@dataclass(frozen=True)
class ConfigurationFile:
    """What one file says. `name` is how people are told of it; `upgrades` are the
    lines of an old shape with what became of each."""

    name: str
    document: Document
    lined: LinedDocument
    upgrades: tuple[Problem, ...] = ()

    def line_of(self, path: Path) -> int:
        if path[:1] == ("organization",):
            path = (path[0], *path[2:])
        return self.lined.line_of(path)


def lined(content: bytes, kind: Kind = "") -> LinedDocument:
    """Without `kind` the first sign tells JSON from YAML. Raises Unreadable."""
    text = text_of(content, MAX_BYTES)
    is_json = kind == "json" or (not kind and text.lstrip()[:1] in {"{", "["})
    return (lined_json if is_json else lined_yaml)(text, MAX_VALUES)


def read_document(
    read: LinedDocument,
    name: str,
    sections: Sections,
    upgrades: Iterable[Problem] = (),
) -> ConfigurationFile:
    """What a document in the form of today says. Raises ConfigurationWrong."""
    document: Document = {}
    wrong: list[Wrong] = list(_head(read.value, sections))
    if isinstance(read.value, Mapping):
        wrong += secrets_in(read.value)
        wrong += wrong_counts(read.value, sections)
        for section in sections.values():
            if section.name in read.value:
                said, problems = _section(section, read.value[section.name])
                document[section.name] = said
                wrong += problems
    found = [Finding(name, one.line, one.text) for one in read.problems]
    found += [
        Finding(name, read.line_of(path), _placed(path, text)) for path, text in wrong
    ]
    if found:
        raise ConfigurationWrong(found)
    return ConfigurationFile(name, document, read, tuple(upgrades))


def findings_of(error: Unreadable, name: str) -> list[Finding]:
    return [Finding(name, one.line, one.text) for one in error.problems]


def written(document: Document, kind: str) -> str:
    """The text of a file, JSON or else YAML. Sections that say nothing are left out.
    What it holds is counted at its head, so that a part of it is not taken for all."""
    sections = {
        name: entries[ORGANIZATION_KEY] if name == ORGANIZATION_KEY else entries
        for name, entries in document.items()
        if entries
    }
    said = {HEADER: FORMAT, **with_counts(sections)}
    if kind == "json":
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    text: str = yaml.dump(
        said,
        Dumper=BlockDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=10_000,
    )
    return text


def _head(value: Any, sections: Sections) -> Iterator[Wrong]:
    if not isinstance(value, Mapping):
        yield (), f"A mapping that begins with “{HEADER}: {FORMAT}” was expected."
        return
    if HEADER not in value:
        yield (), f"The first line “{HEADER}: {FORMAT}” is missing."
    elif value[HEADER] != FORMAT or isinstance(value[HEADER], bool):
        yield (HEADER,), f"This ModelHub reads configurations of the form {FORMAT}."
    for name in value:
        if name not in {HEADER, *MARKS, *sections}:
            yield (name,), _unknown(name, sections)


def _section(section: Section, value: Any) -> tuple[dict[str, Entry], list[Wrong]]:
    if value is None:
        return {}, []
    if section.is_single:
        value = {section.name: value}
    if not isinstance(value, Mapping):
        return {}, [((section.name,), f"Each {section.noun} stands under its key.")]
    if len(value) > MAX_ENTRIES:
        return {}, [((section.name,), f"At most {MAX_ENTRIES:,} entries.")]
    found: dict[str, Entry] = {}
    wrong: list[Wrong] = []
    for key, said in value.items():
        path: Path = (section.name,) if section.is_single else (section.name, key)
        problem = section.wrong_key(key)
        if problem:
            wrong.append((path, problem))
        found[key], problems = _entry(section, said)
        wrong += [((*path, *inside), text) for inside, text in problems]
    return found, wrong


def _entry(section: Section, value: Any) -> tuple[Entry, list[Wrong]]:
    if value is None:
        return {}, []
    if not isinstance(value, Mapping):
        return {}, [((), f"Fields of the {section.noun} were expected.")]
    found: Entry = {}
    wrong: list[Wrong] = []
    for name, said in value.items():
        field = section.fields.get(name)
        if field is None:
            wrong.append(((name,), _unknown(name, section.fields)))
            continue
        try:
            found[name] = field.default if said is None else field.read(said)
        except FieldError as error:
            wrong += [((name, *path), text) for path, text in error.wrong]
    return found, wrong


def _unknown(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=2)
    hint = (
        f"Did you mean {' or '.join(close)}?"
        if close
        else f"Known: {', '.join(names)}."
    )
    return f"“{name[:80]}” is not known here. {hint}"


def _placed(path: Path, text: str) -> str:
    """With what it is about, as a line says little in a long file."""
    if len(path) < 2:
        return text
    return f"{path[0]} · {' · '.join(str(one)[:80] for one in path[1:4])}: {text}"
