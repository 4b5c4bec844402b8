"""YAML in and out: a list of mappings. Only plain data is read: no aliases (a few
lines of them grow into gigabytes), no tags, no objects."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import yaml

from registry.transfer.table import (
    MAX_DEPTH,
    Table,
    UnreadableFile,
    as_text,
    collect,
    whole_number,
)

# The C parser where PyYAML was built with it: twenty times as fast.
BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
TAG = "tag:yaml.org,2002:"
WORDS = {
    "null": (r"(?:~|null)?", ["~", "n", ""]),
    "bool": (r"true|false", ["t", "f"]),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    "float": (
        r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]+)?|[-+]?\.inf|\.nan",
        list("-+.0123456789"),
    ),
}
"""What is no text. PyYAML quotes more than this when it writes: texts come back."""


class PlainLoader(BaseLoader):
    """Texts, numbers, true, false, null, lists and mappings. `no` and `2025-04-30`
    are texts; decimals stay exact."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML fills it


for _word, (_pattern, _starts) in WORDS.items():
    PlainLoader.add_implicit_resolver(
        TAG + _word, re.compile(f"^(?:{_pattern})$"), _starts
    )


def _decimal(loader: Any, node: yaml.ScalarNode) -> Decimal:
    try:
        return Decimal(node.value)
    except ArithmeticError as error:
        line = node.start_mark.line + 1
        raise UnreadableFile(f"Line {line}: {node.value} is not a number.") from error


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise UnreadableFile(f"Line {line}: a column has a name, not a list.")
        if key_node.value in found:
            raise UnreadableFile(
                f"Line {line}: the column {key_node.value} is there twice."
            )
        found[key_node.value] = loader.construct_object(value_node, deep=True)
    return found


PlainLoader.add_constructor(TAG + "int", lambda _, node: whole_number(node.value))
PlainLoader.add_constructor(TAG + "float", _decimal)
PlainLoader.add_constructor(TAG + "map", _mapping)


def read_yaml(content: bytes) -> Table:
    """Rows of a YAML list of mappings. Raises UnreadableFile."""
    text = as_text(content)
    try:
        _refuse_aliases_and_depth(text)
        return collect(_entries(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"Line {mark.line + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "not YAML"
        raise UnreadableFile(f"{place}the YAML cannot be read: {problem}.") from error
    except ValueError as error:
        raise UnreadableFile(f"The YAML cannot be read: {error}.") from error


def _refuse_aliases_and_depth(text: str) -> None:
    """Looks at the stream of events, which is as long as the file and no longer."""
    depth = 0
    for event in yaml.parse(text, Loader=BaseLoader):
        line = event.start_mark.line + 1  # type: ignore[union-attr]  # marks are on
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableFile(
                f"Line {line}: YAML with anchors (&) or aliases (*) is refused. "
                "Write each value out."
            )
        if getattr(event, "tag", None):
            raise UnreadableFile(
                f"Line {line}: YAML with tags (!) is refused. Write plain values."
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise UnreadableFile(
                f"Line {line}: the file nests deeper than {MAX_DEPTH} levels."
            )


def _entries(text: str) -> Iterator[tuple[int, Any]]:
    loader = PlainLoader(text)
    try:
        root = loader.get_single_node()
        if not isinstance(root, yaml.SequenceNode):
            raise UnreadableFile("A list of mappings was expected, one row a dash.")
        for node in root.value:
            line = node.start_mark.line + 1
            yield line, loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def write_yaml(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    documents = [
        {name: _plain(value) for name, value in zip(columns, row, strict=True)}
        for row in rows
    ]
    text: str = yaml.dump(
        documents,
        Dumper=PlainDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
    )
    return text


class PlainDumper(BaseDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """A list that stands in two rows is written twice: we refuse aliases."""
        return True


def _plain(value: Any) -> Any:
    is_known = value is None or isinstance(value, bool | int | str | list | dict)
    return value if is_known else str(value)
