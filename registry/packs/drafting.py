"""A pack that is being edited and not saved yet. Pure.

The browser carries it as text from step to step: a list of rows, of which some may
still lack a model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from registry.packs.document import KEY_LENGTH, MAX_FEATURES, PackDocument, PackFeature

TEXTS: Final = ("model", "prompt", "note")


class BrokenDraft(ValueError):
    """The text that came back is not one that we sent."""


@dataclass(frozen=True)
class Draft:
    """Rows by key, in the order of the keys."""

    rows: tuple[PackFeature, ...] = ()

    @classmethod
    def of(
        cls, features: Iterable[PackFeature], more_keys: Iterable[str] = ()
    ) -> Draft:
        """The features of a document, and empty rows for `more_keys`."""
        by_key = {key: PackFeature(key, "") for key in more_keys}
        by_key |= {one.key: one for one in features}
        return cls(tuple(by_key[key] for key in sorted(by_key)))

    @classmethod
    def from_text(cls, text: str) -> Draft:
        """Raises BrokenDraft."""
        try:
            said = json.loads(text or "{}")
        except ValueError as error:
            raise BrokenDraft("The draft is not JSON.") from error
        if not isinstance(said, dict) or len(said) > MAX_FEATURES:
            raise BrokenDraft("The draft is no mapping of features.")
        return cls.of(_row(key, value) for key, value in said.items())

    def as_text(self) -> str:
        return json.dumps(
            {one.key: one.as_json() for one in self.rows}, ensure_ascii=False
        )

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(one.key for one in self.rows)

    @property
    def empty(self) -> tuple[PackFeature, ...]:
        """Rows without a model: they would not be saved."""
        return tuple(one for one in self.rows if not one.model)

    @property
    def filled(self) -> tuple[PackFeature, ...]:
        return tuple(one for one in self.rows if one.model)

    def row(self, key: str) -> PackFeature | None:
        return next((one for one in self.rows if one.key == key), None)

    def put(self, feature: PackFeature) -> Draft:
        """With `feature` in the place of the row of its key."""
        return Draft.of([*self.rows, feature])

    def without(self, key: str) -> Draft:
        return Draft(tuple(one for one in self.rows if one.key != key))

    def fill(self, model: str, *, only_empty: bool) -> Draft:
        """With `model` in every row, or in those that have none."""
        return Draft(
            tuple(
                one if one.model and only_empty else _with_model(one, model)
                for one in self.rows
            )
        )


def document_from(draft: Draft, head: Mapping[str, Any]) -> PackDocument:
    """The pack that the rows with a model make; `head` names name, slug, description
    and note."""
    return PackDocument(
        name=head["name"],
        slug=head["slug"],
        description=head.get("description", ""),
        note=head.get("note", ""),
        features=draft.filled,
    )


def _with_model(feature: PackFeature, model: str) -> PackFeature:
    fallbacks = tuple(one for one in feature.fallbacks if one != model)
    return replace(feature, model=model, fallbacks=fallbacks)


def _row(key: str, said: Any) -> PackFeature:
    if not isinstance(said, dict):
        raise BrokenDraft(f"{key[:KEY_LENGTH]}: no mapping.")
    texts = {name: said.get(name, "") for name in TEXTS}
    fallbacks, parameters = said.get("fallbacks", []), said.get("parameters", {})
    is_text = all(isinstance(one, str) for one in texts.values())
    if not is_text or not isinstance(parameters, dict) or not _is_texts(fallbacks):
        raise BrokenDraft(f"{key[:KEY_LENGTH]}: not as it was sent.")
    return PackFeature(key, fallbacks=tuple(fallbacks), parameters=parameters, **texts)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
