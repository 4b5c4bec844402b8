"""A part of a configuration file: entries by key. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from registry.configuration.fields import Field

Entry = dict[str, Any]
"""What is said of one thing, by field."""
Entries = dict[str, Entry]
Document = dict[str, Entries]
"""By section, then by key."""
FORMAT: Final = 1
HEADER: Final = "modelhub"
ORGANIZATION_KEY: Final = "organization"
"""The section `organization` has fields and no keys; this stands for its one key."""


@dataclass(frozen=True)
class Section:
    """`noun` names one of its entries to a person. `required` are fields that a new
    entry must have. Of one that `is_single` there is one entry without a key."""

    name: str
    noun: str
    fields: Mapping[str, Field]
    key_pattern: re.Pattern[str]
    key_hint: str
    key_length: int
    required: tuple[str, ...] = ()
    is_single: bool = False

    def wrong_key(self, key: str) -> str:
        """What is wrong with a key; empty for nothing."""
        if len(key) <= self.key_length and self.key_pattern.fullmatch(key):
            return ""
        return f"“{key[:80]}” is no key here: {self.key_hint}."

    def without_defaults(self, entry: Mapping[str, Any]) -> Entry:
        """As it is written: only what somebody decided, in the order of the fields."""
        return {
            name: entry[name]
            for name, field in self.fields.items()
            if name in entry and entry[name] != field.default
        }

    def with_defaults(self, entry: Mapping[str, Any]) -> Entry:
        return {
            name: entry.get(name, field.default) for name, field in self.fields.items()
        }


Sections = Mapping[str, Section]
Same = Callable[[Any, Any], bool]
