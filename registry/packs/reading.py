"""From a file to a pack document. Says everything that is wrong at once, with the
line. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from registry.lined.document import LinedDocument, Problem, Unreadable, text_of
from registry.lined.json_text import lined_json
from registry.lined.yaml_text import lined_yaml
from registry.packs.checking import wrong_in_pack
from registry.packs.document import (
    PackDocument,
    PackFeature,
    prompt_reference,
    slug_from,
)
from registry.parameters import clean_parameters

Kind = Literal["yaml", "json", ""]


def read_pack(content: bytes, *, kind: Kind = "") -> PackDocument:
    """The pack in a file of JSON or YAML; without `kind` its first sign decides.
    Raises Unreadable with every problem and its line."""
    return pack_from(lined_pack(content, kind=kind))


def lined_pack(content: bytes, *, kind: Kind = "") -> LinedDocument:
    """The values in a file with their lines, before anything is checked. Raises
    Unreadable."""
    text = text_of(content)
    is_json = kind == "json" or (not kind and text.lstrip()[:1] in {"{", "["})
    return lined_json(text) if is_json else lined_yaml(text)


def pack_from(read: LinedDocument) -> PackDocument:
    """The pack that a document says. Raises Unreadable."""
    problems = [*read.problems, *_wrong(read)]
    if problems:
        raise Unreadable(problems)
    return _built(read.value)


def checked(document: PackDocument) -> PackDocument:
    """A document that a form or a query made, in its stored form. Raises Unreadable,
    whose problems have no lines."""
    return pack_from(LinedDocument(document.as_json()))


def kind_of(file_name: str) -> Kind:
    """By the ending; empty where it says nothing."""
    if file_name.lower().endswith(".json"):
        return "json"
    return "yaml" if file_name.lower().endswith((".yaml", ".yml")) else ""


def _wrong(read: LinedDocument) -> list[Problem]:
    return [
        Problem(read.line_of(path), _placed(path, text))
        for path, text in wrong_in_pack(read.value)
    ]


def _placed(path: tuple[str | int, ...], text: str) -> str:
    """With the feature it is about, as a line says little in a long file."""
    is_inside = len(path) > 1 and path[0] == "features"
    return f"{str(path[1])[:80]}: {text}" if is_inside else text


def _built(value: Mapping[str, Any]) -> PackDocument:
    return PackDocument(
        name=value["name"].strip(),
        slug=value.get("slug") or slug_from(value["name"]),
        description=(value.get("description") or "").strip(),
        note=(value.get("note") or "").strip(),
        features=tuple(
            pack_feature(key, said) for key, said in sorted(value["features"].items())
        ),
    )


def pack_feature(key: str, said: str | Mapping[str, Any]) -> PackFeature:
    """What `wrong_in_pack` found right."""
    if isinstance(said, str):
        return PackFeature(key, said)
    prompt = prompt_reference(said.get("prompt") or "")
    return PackFeature(
        key=key,
        model=said["model"],
        fallbacks=tuple(said.get("fallbacks") or ()),
        parameters=clean_parameters(said.get("parameters") or {}),
        prompt=str(prompt) if prompt else "",
        note=(said.get("note") or "").strip(),
    )
