"""The suites that come with ModelHub."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from analytics.benchmarking.suite_files import ReadSuite, read_suite

FOLDER: Final = Path(__file__).parent / "ready_made"
KEYS: Final = ("accuracy", "speed", "cost", "vision")


@cache
def shipped_suite(key: str) -> ReadSuite | None:
    """The suite as its file says it; None where none of this key comes along."""
    if key not in KEYS:
        return None
    path = FOLDER / f"{key}.yaml"
    return read_suite(path.read_bytes(), name=path.name, open_image=_drawing)


def shipped_heads() -> list[dict[str, Any]]:
    """What each says of itself: suite, name, description, version and more."""
    return [one.head for key in KEYS if (one := shipped_suite(key))]


def _drawing(name: str) -> bytes:
    return (FOLDER / "images" / Path(name).name).read_bytes()
