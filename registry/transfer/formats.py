"""Our readers and writers as formats of django-import-export."""

from collections.abc import Callable, Sequence
from typing import Any

import tablib
from import_export.formats.base_formats import Format

from registry.transfer.csv_file import read_csv, write_csv
from registry.transfer.json_file import read_json, write_json
from registry.transfer.table import Table
from registry.transfer.yaml_file import read_yaml, write_yaml

ABSENT = object()
"""Stands where a row does not have a column that others have."""


class LineDataset(tablib.Dataset):
    """A dataset that knows the line on which each row begins."""

    lines: list[int]


class StrictFormat(Format):
    """Reads bytes, so that the encoding is checked here and said in a sentence."""

    title = ""
    extension = ""
    content_type = ""
    read: Callable[[bytes], Table]
    write: Callable[[Sequence[str], Sequence[Sequence[Any]]], str]

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return self.title

    def create_dataset(self, in_stream: bytes) -> LineDataset:
        """Raises UnreadableFile."""
        table = type(self).read(in_stream)
        dataset = LineDataset(headers=table.columns)
        for row in table.rows:
            dataset.append([row.get(column, ABSENT) for column in table.columns])
        dataset.lines = table.lines
        return dataset

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> str:
        return type(self).write(dataset.headers, list(dataset))

    def get_extension(self) -> str:
        return self.extension

    def get_content_type(self) -> str:
        return f"{self.content_type}; charset=utf-8"

    def can_import(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True


class CSV(StrictFormat):
    title, extension, content_type = "csv", "csv", "text/csv"
    read, write = staticmethod(read_csv), staticmethod(write_csv)


class JSON(StrictFormat):
    title, extension, content_type = "json", "json", "application/json"
    read, write = staticmethod(read_json), staticmethod(write_json)


class YAML(StrictFormat):
    title, extension, content_type = "yaml", "yaml", "application/yaml"
    read, write = staticmethod(read_yaml), staticmethod(write_yaml)


FORMATS = (CSV, JSON, YAML)
