"""The packs that come with ModelHub, and the example features they are for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from registry.lined.document import text_of
from registry.lined.yaml_text import lined_yaml
from registry.packs.document import PackDocument
from registry.packs.reading import read_pack

FOLDER: Final = Path(__file__).parent / "ready_made"
FEATURES: Final = "features.yaml"
ORDER: Final = (
    "starter-pack-1",
    "performance-pack",
    "mixed-pack",
    "claude-pack",
    "haiku-pack",
)


@dataclass(frozen=True)
class ExampleFeature:
    """A feature of the example product."""

    key: str
    name: str
    description: str
    required_capabilities: tuple[str, ...] = ()
    min_context_tokens: int | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What `create_feature` takes beside key and name."""
        return {
            "description": self.description,
            "required_capabilities": list(self.required_capabilities),
            "min_context_tokens": self.min_context_tokens,
        }


@cache
def ready_made_packs() -> tuple[PackDocument, ...]:
    return tuple(
        read_pack((FOLDER / f"{slug}.yaml").read_bytes(), kind="yaml") for slug in ORDER
    )


def ready_made(slug: str) -> PackDocument | None:
    return next((one for one in ready_made_packs() if one.slug == slug), None)


@cache
def example_features() -> tuple[ExampleFeature, ...]:
    said = lined_yaml(text_of((FOLDER / FEATURES).read_bytes())).value
    return tuple(
        ExampleFeature(
            key=key,
            name=one["name"],
            description=one["description"],
            required_capabilities=tuple(one.get("required_capabilities", ())),
            min_context_tokens=one.get("min_context_tokens"),
        )
        for key, one in said.items()
    )


def feature_to_make(key: str) -> ExampleFeature:
    """The example feature of this key, or one that is named after it."""
    known = {one.key: one for one in example_features()}
    return known.get(key) or ExampleFeature(key, key, "")
