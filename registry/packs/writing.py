"""A pack document as a file that `reading` reads back without loss. Pure."""

from __future__ import annotations

import json
from typing import Literal

import yaml

from registry.packs.document import PackDocument
from registry.transfer.yaml_file import PlainDumper


def write_pack(document: PackDocument, kind: Literal["yaml", "json"]) -> str:
    said = document.as_json()
    if kind == "json":
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    text: str = yaml.dump(
        said,
        Dumper=PlainDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
    )
    return text
