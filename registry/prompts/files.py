"""Prompts as a file of JSON or YAML, and back without loss. Pure.

{"prompt_count": 1, "prompts": [{"name": "CODE", "labels": {"production": 2},
"versions": [{"number": 1, "text": "In {{language}}.", "variables": [{"name":
"language"}]}, …]}], "complete": true}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

import yaml

from registry.lined.document import LinedDocument, Path, Problem, Unreadable, text_of
from registry.lined.json_text import lined_json
from registry.lined.yaml_text import lined_yaml
from registry.prompts.checking import check_prompt
from registry.prompts.template import TemplateError, Variable, variables_from
from registry.transfer.yaml_file import PlainDumper

Kind = Literal["yaml", "json"]
Wrong = tuple[Path, str]
MAX_FILE_BYTES: Final = 50_000_000
MAX_PROMPTS: Final = 1_000
MAX_VERSIONS: Final = 2_000
PROMPT_FIELDS: Final = ("name", "description", "labels", "versions")
VERSION_FIELDS: Final = ("number", "text", "variables", "note")


@dataclass(frozen=True, slots=True)
class VersionFile:
    number: int
    text: str
    variables: tuple[Variable, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"number": self.number, "text": self.text}
        if self.variables:
            document["variables"] = [one.as_json() for one in self.variables]
        return document | ({"note": self.note} if self.note else {})


@dataclass(frozen=True, slots=True)
class PromptFile:
    """`labels` are by name the number of a version; versions are in order."""

    name: str
    versions: tuple[VersionFile, ...]
    description: str = ""
    labels: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"name": self.name}
        if self.description:
            document["description"] = self.description
        return document | {
            "labels": dict(self.labels),
            "versions": [one.as_json() for one in self.versions],
        }


def _write_text(dumper: yaml.Dumper, text: str) -> yaml.Node:
    # A block cannot hold everything; the writer falls back to quotes by itself.
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


class BlockDumper(PlainDumper):
    """Texts of several lines as blocks, so that people can read and edit them."""

    yaml_representers: ClassVar = {**PlainDumper.yaml_representers, str: _write_text}


def write_prompts(prompts: Sequence[PromptFile], kind: Kind) -> str:
    document = {
        "prompt_count": len(prompts),
        "prompts": [one.as_json() for one in prompts],
        "complete": True,
    }
    if kind == "json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    text: str = yaml.dump(
        document,
        Dumper=BlockDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=10_000,
    )
    return text


def read_prompts(content: bytes) -> tuple[PromptFile, ...]:
    """The prompts in a file; its first sign tells JSON from YAML. Raises Unreadable
    with every problem and its line."""
    text = text_of(content, MAX_FILE_BYTES)
    is_json = text.lstrip()[:1] in {"{", "["}
    return prompts_from(lined_json(text) if is_json else lined_yaml(text))


def prompts_from(read: LinedDocument) -> tuple[PromptFile, ...]:
    """The prompts that a document says. Raises Unreadable."""
    problems = list(read.problems)
    problems += [Problem(read.line_of(path), said) for path, said in _wrong(read.value)]
    if problems:
        raise Unreadable(problems)
    return tuple(_prompt(one) for one in read.value["prompts"])


def _prompt(value: Mapping[str, Any]) -> PromptFile:
    return PromptFile(
        name=value["name"].strip(),
        description=(value.get("description") or "").strip(),
        labels=value.get("labels") or {},
        versions=prompt_versions_from(value["versions"]),
    )


def prompt_versions_from(value: Sequence[Mapping[str, Any]]) -> tuple[VersionFile, ...]:
    """What `wrong_in_prompt` found right."""
    return tuple(
        VersionFile(
            number=one.get("number", place),
            text=one["text"],
            variables=variables_from(one.get("variables") or []),
            note=(one.get("note") or "").strip(),
        )
        for place, one in enumerate(value, start=1)
    )


def _wrong(value: Any) -> Iterator[Wrong]:
    prompts = value.get("prompts") if isinstance(value, Mapping) else None
    if not isinstance(prompts, list) or len(prompts) > MAX_PROMPTS:
        yield (), f"A list “prompts” of at most {MAX_PROMPTS:,} was expected."
        return
    yield from _wrong_counts(value, len(prompts))
    names = set()
    for place, one in enumerate(prompts):
        path: Path = ("prompts", place)
        if not isinstance(one, Mapping) or not _is_text(one.get("name")):
            yield path, "A prompt with a name was expected."
            continue
        if one["name"].strip() in names:
            yield path, f"{one['name']} is there twice."
        names.add(one["name"].strip())
        yield from wrong_in_prompt(path, one)


def _wrong_counts(value: Mapping[str, Any], count: int) -> Iterator[Wrong]:
    """Where the file holds something else than it says: YAML that was cut is still
    YAML. A file that says nothing of it, as people write them, is taken as it is."""
    if "prompt_count" not in value:
        return
    said = value["prompt_count"]
    if said != count:
        text = f"Says {str(said)[:20]} prompts and holds {count:,}: the file is cut, "
        yield ("prompt_count",), f"{text}or the count was not changed."
    if value.get("complete") is not True:
        text = "The file ends without its last line, “complete: true”: it is cut."
        yield ("prompt_count",), text


def wrong_in_prompt(path: Path, value: Mapping[str, Any]) -> Iterator[Wrong]:
    """Everything that is wrong with a prompt but its name."""
    yield from _unknown(path, value, PROMPT_FIELDS)
    if not _is_text(value.get("description") or ""):
        yield (*path, "description"), "A text was expected."
    versions = value.get("versions")
    if not isinstance(versions, list) or not 1 <= len(versions) <= MAX_VERSIONS:
        yield (*path, "versions"), f"1 to {MAX_VERSIONS:,} versions were expected."
        return
    last = 0
    numbers = set()
    for place, one in enumerate(versions):
        here: Path = (*path, "versions", place)
        yield from _wrong_in_version(here, one)
        number = one.get("number", place + 1) if isinstance(one, Mapping) else None
        if not isinstance(number, int) or isinstance(number, bool) or number <= last:
            yield here, "Versions have whole numbers that grow."
        else:
            last = number
            numbers.add(number)
    labels = value.get("labels") or {}
    if not isinstance(labels, Mapping):
        yield (*path, "labels"), "Labels with the number of a version were expected."
        return
    for label, number in labels.items():
        if number not in numbers:
            yield (*path, "labels", label), f"There is no version {number} here."


def _wrong_in_version(path: Path, value: Any) -> Iterator[Wrong]:
    if not isinstance(value, Mapping) or not _is_text(value.get("text")):
        yield path, "A version with a text was expected."
        return
    yield from _unknown(path, value, VERSION_FIELDS)
    if not _is_text(value.get("note") or ""):
        yield (*path, "note"), "A text was expected."
    try:
        variables = variables_from(value.get("variables") or [])
    except TemplateError as error:
        yield (*path, "variables"), str(error)
        return
    for finding in check_prompt(value["text"], variables).errors:
        where = f"in its line {finding.line}: " if finding.line else ""
        yield (*path, "text"), f"{where}{finding.text}"


def _unknown(
    path: Path, value: Mapping[str, Any], known: Sequence[str]
) -> Iterator[Wrong]:
    for name in value:
        if name not in known:
            text = f"“{str(name)[:40]}” is not known here. Known: {', '.join(known)}."
            yield (*path, name), text


def _is_text(value: object) -> bool:
    return isinstance(value, str)
