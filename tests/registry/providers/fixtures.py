"""The canned bodies of providers, as their documentation or their servers show them."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "gateway" / "fixtures"


def canned(path: str) -> Any:
    """One JSON document, or the documents of a `.jsonl` file, one a line."""
    text = (FOLDER / path).read_text()
    if path.endswith(".jsonl"):
        return [json.loads(line) for line in text.splitlines()]
    return json.loads(text)
