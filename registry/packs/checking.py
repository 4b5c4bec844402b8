"""What is wrong with a pack document, all of it, whatever it looks like. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, Final

from registry.lined.document import Path
from registry.models.feature import KEY_PATTERN
from registry.models.pack import PACK_SLUG
from registry.packs.document import (
    DESCRIPTION_LENGTH,
    FORMAT,
    KEY_LENGTH,
    MAX_FALLBACKS,
    MAX_FEATURES,
    MODEL_LENGTH,
    NAME_LENGTH,
    NOTE_LENGTH,
    RESERVED_SLUGS,
    SLUG_LENGTH,
    prompt_reference,
    slug_from,
)
from registry.parameters import ParameterError, clean_parameters

Wrong = tuple[Path, str]
"""Where in the document, and what, for a person."""
KEYS: Final = (
    "modelhub_pack",
    "name",
    "slug",
    "description",
    "note",
    "feature_count",
    "features",
)
FEATURE_KEYS: Final = ("model", "fallbacks", "parameters", "prompt", "note")
KEY: Final = re.compile(KEY_PATTERN)
SLUG: Final = re.compile(PACK_SLUG.regex)
MODEL: Final = re.compile(r"[^\s/]+/\S+")


def wrong_in_pack(value: Any) -> Iterator[Wrong]:
    """Everything that keeps `value` from being a pack."""
    if not isinstance(value, dict):
        yield (), "A pack is a mapping with a name and features."
        return
    yield from _unknown_keys(value, KEYS, ())
    if value.get("modelhub_pack", FORMAT) != FORMAT:
        said = f"This ModelHub reads packs of the form {FORMAT}."
        yield ("modelhub_pack",), said
    yield from _name(value)
    yield from _text(value, "description", DESCRIPTION_LENGTH, ())
    yield from _text(value, "note", NOTE_LENGTH, ())
    yield from _features(value)


def _name(value: dict[str, Any]) -> Iterator[Wrong]:
    yield from _text(value, "name", NAME_LENGTH, (), is_required=True)
    slug = value.get("slug")
    name = value.get("name")
    if slug is None and isinstance(name, str) and name and not slug_from(name):
        yield ("name",), "Give the pack a slug too, as in starter-pack-1."
    if slug is not None and not (
        isinstance(slug, str) and len(slug) <= SLUG_LENGTH and SLUG.fullmatch(slug)
    ):
        text = "A slug has small letters, digits and dashes, as in starter-pack-1"
        yield ("slug",), f"{text}; at most {SLUG_LENGTH}."
    elif slug in RESERVED_SLUGS:
        yield ("slug",), f"“{slug}” is a word of ModelHub's own. Choose another slug."


def _features(value: dict[str, Any]) -> Iterator[Wrong]:
    features = value.get("features")
    if not isinstance(features, dict):
        text = "The features are a mapping: each key with its model."
        yield ("features",), text
        return
    if not features:
        yield ("features",), "A pack names at least one feature."
    if len(features) > MAX_FEATURES:
        yield ("features",), f"At most {MAX_FEATURES:,} features."
        return
    count = value.get("feature_count")
    if count is not None and count != len(features):
        text = (
            f"feature_count says {count}, and {len(features)} are here. "
            "Was the file cut?"
        )
        yield ("feature_count",), text
    for key, feature in features.items():
        yield from _key(key)
        yield from _feature(feature, ("features", key))


def _key(key: str) -> Iterator[Wrong]:
    if len(key) > KEY_LENGTH or not KEY.fullmatch(key):
        text = (
            f"“{key[:KEY_LENGTH]}” is no key of a feature: use letters, digits, dots, "
            f"dashes and underscores, at most {KEY_LENGTH}."
        )
        yield ("features", key), text


def _feature(feature: Any, path: Path) -> Iterator[Wrong]:
    if isinstance(feature, str):
        yield from _model(feature, path)
        return
    if not isinstance(feature, dict):
        yield path, "A feature gets a model, or a mapping that names one."
        return
    yield from _unknown_keys(feature, FEATURE_KEYS, path)
    if feature.get("model") is None:
        yield path, "No model is named."
    else:
        yield from _model(feature["model"], (*path, "model"))
    yield from _fallbacks(feature, path)
    yield from _parameters(feature.get("parameters"), (*path, "parameters"))
    yield from _text(feature, "note", NOTE_LENGTH, path)
    prompt = feature.get("prompt")
    if prompt and not (isinstance(prompt, str) and prompt_reference(prompt)):
        text = "Write a prompt as NAME@label or NAME@7."
        yield (*path, "prompt"), text


def _model(reference: Any, path: Path) -> Iterator[Wrong]:
    if not isinstance(reference, str) or not MODEL.fullmatch(reference):
        yield path, "Write a model as provider/model-id."
    elif len(reference) > MODEL_LENGTH:
        yield path, f"A model's name has at most {MODEL_LENGTH} characters."


def _fallbacks(feature: dict[str, Any], path: Path) -> Iterator[Wrong]:
    where = (*path, "fallbacks")
    fallbacks = feature.get("fallbacks")
    if fallbacks is None:
        return
    if not isinstance(fallbacks, list):
        yield where, "Fallbacks are a list of models."
        return
    if len(fallbacks) > MAX_FALLBACKS:
        yield where, f"At most {MAX_FALLBACKS} fallbacks; these are {len(fallbacks)}."
    for place, one in enumerate(fallbacks):
        yield from _model(one, (*where, place))
        if one == feature.get("model"):
            yield (*where, place), f"{one} cannot be its own fallback."
        elif one in fallbacks[:place]:
            yield (*where, place), f"{one} is listed twice as a fallback."


def _parameters(parameters: Any, path: Path) -> Iterator[Wrong]:
    if parameters is None:
        return
    if not isinstance(parameters, dict):
        yield path, "Parameters are a mapping, as in temperature: 0.25."
        return
    try:
        clean_parameters(parameters)
    except ParameterError as error:
        for name, text in error.errors.items():
            yield (*path, name), text


def _text(
    value: dict[str, Any], name: str, length: int, path: Path, is_required: bool = False
) -> Iterator[Wrong]:
    text = value.get(name)
    if text is None or text == "":
        if is_required:
            yield (*path, name), f"The {name} is missing."
    elif not isinstance(text, str):
        yield (*path, name), f"The {name} is a text."
    elif len(text) > length:
        said = f"The {name} has at most {length:,} characters; these are {len(text):,}."
        yield (*path, name), said


def _unknown_keys(
    value: dict[str, Any], known: tuple[str, ...], path: Path
) -> Iterator[Wrong]:
    for key in value:
        if key not in known:
            close = difflib.get_close_matches(str(key), known, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            shown = str(key)[:KEY_LENGTH]
            yield (*path, key), f"“{shown}” is not known here.{meant}"
