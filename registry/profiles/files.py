"""A profile as a file of JSON or YAML, and back without loss. Pure."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import yaml

from registry.lined.document import LinedDocument, Problem, Unreadable, text_of
from registry.lined.json_text import lined_json
from registry.lined.yaml_text import lined_yaml
from registry.profiles.checking import (
    LONGEST_KEY,
    SLUG,
    Wrong,
    clean_document,
    said,
    wrong_in_document,
)
from registry.transfer.yaml_file import PlainDumper

Kind = Literal["yaml", "json", ""]
PARTS: Final = ("extends", "roles", "tasks")
LONGEST: Final = {"name": 120, "slug": 60, "description": 2000}
RESERVED: Final = frozenset({"none", "owner", "new", "import", "default-model"})
"""Words that stand in the place of a short name: in an address or in a header."""


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """What a file says. `document` is in its stored form."""

    name: str
    slug: str
    description: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        head = {"name": self.name, "slug": self.slug, "description": self.description}
        return {**{name: one for name, one in head.items() if one}, **self.document}


def read_profile(content: bytes, *, kind: Kind = "") -> ProfileFile:
    """The profile in a file; without `kind` its first sign decides. Raises Unreadable
    with every problem and its line."""
    text = text_of(content)
    is_json = kind == "json" or (not kind and text.lstrip()[:1] in {"{", "["})
    read = lined_json(text) if is_json else lined_yaml(text)
    problems = [*read.problems, *_problems(read)]
    if problems:
        raise Unreadable(problems)
    value = read.value
    name = value["name"].strip()
    return ProfileFile(
        name=name,
        slug=value.get("slug") or slug_from(name),
        description=(value.get("description") or "").strip(),
        document=clean_document(_document(value)),
    )


def write_profile(profile: ProfileFile, kind: Literal["yaml", "json"]) -> str:
    if kind == "json":
        return json.dumps(profile.as_json(), indent=2, ensure_ascii=False) + "\n"
    text: str = yaml.dump(
        profile.as_json(),
        Dumper=PlainDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
    )
    return text


def slug_from(name: str) -> str:
    """A short name made of a name: "Mira's laptop" → "miras-laptop", "New" →
    "new-profile"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower().replace("'", ""))
    slug = "-".join(words)[: LONGEST["slug"]].strip("-") or "profile"
    return f"{slug}-profile" if slug in RESERVED else slug


def _document(value: Mapping[str, Any]) -> dict[str, Any]:
    return {part: value[part] for part in PARTS if part in value}


def _problems(read: LinedDocument) -> Iterator[Problem]:
    for path, text in _wrong(read.value):
        yield Problem(read.line_of(path), said(path[:2], text))


def _wrong(value: Any) -> Iterator[Wrong]:
    if not isinstance(value, Mapping):
        yield (), "A profile with a name was expected."
        return
    for name in value:
        if name not in {*LONGEST, *PARTS}:
            known = ", ".join([*LONGEST, *PARTS])
            yield (str(name)[:LONGEST_KEY],), f"Not known here. Known: {known}."
    for name, most in LONGEST.items():
        text = value.get(name)
        if text is not None and not isinstance(text, str):
            yield (name,), "A text was expected."
        elif text is not None and len(text) > most:
            yield (name,), f"At most {most:,} characters."
        elif name == "name" and not (text or "").strip():
            yield (name,), "A profile has a name."
    slug = value.get("slug")
    if isinstance(slug, str) and slug and not SLUG.fullmatch(slug):
        yield ("slug",), "Small letters, digits and dashes were expected."
    elif isinstance(slug, str) and slug in RESERVED:
        yield ("slug",), f"“{slug}” has a meaning already. Choose another."
    yield from wrong_in_document(_document(value))
