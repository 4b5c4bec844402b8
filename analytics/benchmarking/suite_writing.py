"""A suite as a file that `suite_files` reads back without loss. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from analytics.benchmarking.case_content import CaseContent
from analytics.benchmarking.csv_cases import csv_text
from registry.transfer.yaml_file import PlainDumper


def case_document(
    key: str, content: CaseContent, addresses: Mapping[str, str]
) -> dict[str, Any]:
    """A case as files have it: what is empty or usual is left out. `addresses` are data
    addresses of images by digest."""
    messages = [dict(one) for one in content.messages]
    is_prompt = len(messages) == 1 and messages[0]["role"] == "user"
    said = {
        "key": key,
        "prompt": messages[0]["content"] if is_prompt else None,
        "messages": None if is_prompt else messages,
        "system": content.system,
        "images": [addresses[digest] for digest in content.images],
        "expected": content.expected,
        "rubric": content.rubric,
        "schema": content.response_schema,
        "scorers": [dict(one) for one in content.scorers],
        "tags": list(content.tags),
        "weight": None if content.weight == 1 else _short(content.weight),
    }
    kept = {"expected", "schema"}
    return {
        name: one
        for name, one in said.items()
        if one is not None and (name in kept or one not in ("", []))
    }


def suite_text(
    head: Mapping[str, Any], cases: Sequence[Mapping[str, Any]], kind: str
) -> str:
    """`kind` is a key of FORMATS. CSV has cases only."""
    said = {name: one for name, one in head.items() if one not in (None, "", [], {})}
    if kind == "csv":
        return csv_text(cases)
    if kind == "jsonl":
        return "".join(
            json.dumps(one, ensure_ascii=False, allow_nan=False) + "\n"
            for one in (said, *cases)
        )
    text: str = yaml.dump(
        {**said, "cases": [dict(one) for one in cases]},
        Dumper=_SuiteDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=100_000,
    )
    return text


class _SuiteDumper(PlainDumper):
    def represent_data(self, data: Any) -> Any:
        """Texts of several lines are written as they read."""
        if not isinstance(data, str):
            return super().represent_data(data)
        style = "|" if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _short(weight: float) -> float | int:
    return int(weight) if weight.is_integer() else weight
