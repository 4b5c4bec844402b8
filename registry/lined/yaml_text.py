"""YAML with lines. Only plain data: no aliases (a few lines of them grow into
gigabytes), no tags, no objects."""

from __future__ import annotations

from typing import Any

import yaml

from registry.lined.document import (
    MAX_DEPTH,
    MAX_VALUES,
    LinedDocument,
    Path,
    Problem,
    Unreadable,
    is_storable,
)
from registry.transfer.table import UnreadableFile
from registry.transfer.yaml_file import BaseLoader, PlainLoader


def lined_yaml(text: str, most_values: int = MAX_VALUES) -> LinedDocument:
    """The one document of a YAML text. Keys that are there twice are among its
    problems. Raises Unreadable for what is not YAML, or refused."""
    try:
        _refuse_what_grows(text, most_values)
        return _Walk(text).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        what = getattr(error, "problem", None) or "this is not YAML"
        raise Unreadable(
            [Problem(line, f"The YAML cannot be read: {what}.")]
        ) from error
    except ValueError as error:
        raise Unreadable([Problem(0, f"The YAML cannot be read: {error}.")]) from error


def _refuse_what_grows(text: str, most_values: int) -> None:
    """Looks at the stream of events, which is as long as the file and no longer."""
    depth, values = 0, 0
    for event in yaml.parse(text, Loader=BaseLoader):
        line = event.start_mark.line + 1  # type: ignore[union-attr]  # marks are on
        refusal = _refusal(event)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        values += isinstance(event, yaml.NodeEvent)
        if depth > MAX_DEPTH:
            refusal = f"The file nests deeper than {MAX_DEPTH} levels."
        elif values > most_values:
            refusal = f"The file has more than {most_values:,} values."
        if refusal:
            raise Unreadable([Problem(line, refusal)])


def _refusal(event: yaml.Event) -> str:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "Anchors (&) and aliases (*) are refused. Write each value out."
    if getattr(event, "tag", None):
        return "Tags (!) are refused. Write plain values."
    return ""


class _Walk:
    """Goes through the nodes of one document and notes where each value begins."""

    def __init__(self, text: str) -> None:
        self.loader = PlainLoader(text)
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []

    def document(self) -> LinedDocument:
        try:
            root = self.loader.get_single_node()
            value = self.value(root, ()) if root is not None else None
        finally:
            self.loader.dispose()
        return LinedDocument(value, self.lines, tuple(self.problems))

    def value(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(one, (*path, place)) for place, one in enumerate(node.value)
            ]
        try:
            return self.plain(node)
        except UnreadableFile as error:
            self.problems.append(
                Problem(line, str(error).removeprefix(f"Line {line}: "))
            )
            return None

    def plain(self, node: yaml.Node) -> Any:
        value = self.loader.construct_object(node)
        if isinstance(value, str) and not is_storable(value):
            raise UnreadableFile("A text holds signs that no text can hold.")
        return value

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(Problem(line, "A name is a text, not a list."))
                continue
            key = key_node.value
            if key in found:
                before = self.lines[(*path, key)]
                text = f"“{key}” is there twice: on line {before} already."
                self.problems.append(Problem(line, text))
                continue
            # The line of a key is where a person looks for it.
            self.lines[(*path, key)] = line
            found[key] = self.value(value_node, (*path, key))
        return found
