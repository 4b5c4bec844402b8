"""A pack as it is exchanged and stored: what each feature gets. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from registry.prompts.naming import PromptReference

FORMAT: Final = 1
MAX_FEATURES: Final = 2_000
MAX_FALLBACKS: Final = 8
NAME_LENGTH: Final = 120
SLUG_LENGTH: Final = 60
DESCRIPTION_LENGTH: Final = 2_000
NOTE_LENGTH: Final = 400
MODEL_LENGTH: Final = 300
KEY_LENGTH: Final = 80
RESERVED_SLUGS: Final = frozenset({"new"})
"""Their addresses are those of other pages. No slug is `-`: it stands for none."""
PROMPT: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9._/-]{0,79}(@(v?[1-9][0-9]{0,8}|[a-z][a-z0-9-]{0,39}))?"
)
SPACED: Final = re.compile(r"\s+v(?=[0-9]+$)")


def prompt_reference(text: str) -> PromptReference | None:
    """`NAME@label`, `NAME@7` or `NAME v7`; None for anything else."""
    said = SPACED.sub("@", text.strip())
    return PromptReference.parse(said) if PROMPT.fullmatch(said) else None


@dataclass(frozen=True)
class PackFeature:
    """What one feature gets. Models are written `provider/model-id`; `prompt` is
    `NAME@label` or `NAME@7`, or empty."""

    key: str
    model: str
    fallbacks: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prompt: str = ""
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Without what is empty."""
        said = {
            "model": self.model,
            "fallbacks": list(self.fallbacks),
            "parameters": dict(self.parameters),
            "prompt": self.prompt,
            "note": self.note,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class PackDocument:
    """A whole pack. `note` says what is new in this version."""

    name: str
    slug: str
    description: str = ""
    note: str = ""
    features: tuple[PackFeature, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, PackFeature]:
        return {one.key: one for one in self.features}

    def feature(self, key: str) -> PackFeature | None:
        return self.by_key.get(key)

    def as_json(self) -> dict[str, Any]:
        """What is written to a file. The count is what a file that was cut betrays
        itself by."""
        said: dict[str, Any] = {
            "modelhub_pack": FORMAT,
            "name": self.name,
            "slug": self.slug,
        }
        if self.description:
            said["description"] = self.description
        if self.note:
            said["note"] = self.note
        said["feature_count"] = len(self.features)
        said["features"] = {one.key: one.as_json() for one in self.features}
        return said

    def says_the_same(self, other: PackDocument) -> bool:
        """Whether both give every feature the same, in whatever order."""
        return {one.key: one.as_json() for one in self.features} == {
            one.key: one.as_json() for one in other.features
        }


def slug_from(name: str) -> str:
    """A slug made of a name: "Mixed pack!" → mixed-pack, "New" → new-pack; may be
    empty."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    slug = "-".join(words)[:SLUG_LENGTH].strip("-")
    return f"{slug}-pack" if slug in RESERVED_SLUGS else slug
