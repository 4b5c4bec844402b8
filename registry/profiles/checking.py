"""Everything that is wrong in the shape of a profile's document, each with its place.
Whether the models and features that it names exist is not asked here. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from registry.capabilities import CAPABILITIES
from registry.parameters import ParameterError, clean_parameters
from registry.profiles.document import (
    EVERYTHING,
    LATENCY_CLASSES,
    NEEDS,
    STRENGTHS,
    Path,
    ProfileDocument,
)

Wrong = tuple[Path, str]
FIELDS: Final = (
    "models",
    "cloud_fallbacks",
    "allow_cloud",
    "task",
    "requirements",
    "parameters",
)
REQUIREMENTS: Final = (
    *STRENGTHS,
    "min_context_tokens",
    "max_memory_gb",
    "latency_class",
    "capabilities",
    *NEEDS,
    "known_only",
)
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ROLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*([._-][A-Za-z0-9]+)*")
MOST_MODELS: Final = 20
MOST_ROLES: Final = 1_000
LONGEST_REFERENCE: Final = 300
LONGEST_KEY: Final = 80
MOST_TOKENS: Final = 1_000_000_000
MOST_MEMORY_GB: Final = 100_000


class DocumentError(ValueError):
    """`wrong` is everything that is wrong, each with its path in the document."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__(" ".join(said(path, text) for path, text in wrong))


def said(path: Path, text: str) -> str:
    """A finding with its place in words."""
    place = " · ".join(str(part) for part in path)
    return f"{place}: {text}" if place else text


def clean_document(value: Any) -> dict[str, Any]:
    """The stored form of a document from a form or a file. Raises DocumentError."""
    wrong = list(wrong_in_document(value))
    if wrong:
        raise DocumentError(wrong)
    plain: dict[str, Any] = _plain(value)
    for preferences in (plain.get("roles") or {}, plain.get("tasks") or {}):
        for preference in preferences.values():
            if preference and preference.get("parameters"):
                preference["parameters"] = clean_parameters(preference["parameters"])
    return ProfileDocument.of(plain).as_json()


def wrong_in_document(value: Any) -> Iterator[Wrong]:
    if not isinstance(value, Mapping):
        yield (), "A profile has the parts extends, roles and tasks."
        return
    yield from _unknown(value, ("extends", "roles", "tasks"), ())
    extends = value.get("extends")
    if extends is not None and not (
        isinstance(extends, str) and (not extends or SLUG.fullmatch(extends))
    ):
        yield ("extends",), "This is the short name of another profile."
    for part in ("roles", "tasks"):
        yield from _preferences(value.get(part), part)


def _preferences(value: Any, part: str) -> Iterator[Wrong]:
    if value is None:
        return
    if not isinstance(value, Mapping):
        yield (part,), "Names with what is preferred for each were expected."
        return
    if len(value) > MOST_ROLES:
        yield (part,), f"There are at most {MOST_ROLES:,}."
        return
    for key, preference in value.items():
        is_key = isinstance(key, str) and len(key) <= LONGEST_KEY
        if not is_key or not (
            ROLE.fullmatch(key) or (part == "roles" and key == EVERYTHING)
        ):
            yield (part, str(key)[:LONGEST_KEY]), "This is not a name that can be used."
        elif preference is not None:
            yield from _preference(preference, (part, key))


def _preference(value: Any, path: Path) -> Iterator[Wrong]:
    if not isinstance(value, Mapping):
        yield path, "Models, requirements or parameters were expected."
        return
    yield from _unknown(value, FIELDS, path)
    for name in ("models", "cloud_fallbacks"):
        yield from _references(value.get(name), (*path, name))
    if not isinstance(value.get("allow_cloud"), bool | None):
        yield (*path, "allow_cloud"), "Write true or false."
    task = value.get("task")
    if task is not None and not (
        isinstance(task, str) and (not task or ROLE.fullmatch(task))
    ):
        yield (*path, "task"), "Write one word, as in coding."
    yield from _requirements(value.get("requirements"), (*path, "requirements"))
    yield from _parameters(value.get("parameters"), (*path, "parameters"))


def _references(value: Any, path: Path) -> Iterator[Wrong]:
    if value is None:
        return
    if not isinstance(value, list | tuple):
        yield path, "A list of models was expected."
        return
    if len(value) > MOST_MODELS:
        yield path, f"At most {MOST_MODELS} models."
    for place, one in enumerate(value[:MOST_MODELS]):
        if not isinstance(one, str) or not 0 < len(one) <= LONGEST_REFERENCE:
            yield (*path, place), "Write a model as provider/model-id."
        elif "/" not in one or not one.isprintable():
            shown = "".join(sign for sign in one if sign.isprintable())[:LONGEST_KEY]
            yield (*path, place), f"“{shown}” is not written as provider/model-id."
        elif one in value[:place]:
            yield (*path, place), f"{one} is there twice."


def _requirements(value: Any, path: Path) -> Iterator[Wrong]:
    if value is None:
        return
    if not isinstance(value, Mapping):
        yield path, "Names with what each must be were expected."
        return
    yield from _unknown(value, REQUIREMENTS, path)
    for name in STRENGTHS:
        yield from _number(value, path, name, 0, 1)
    yield from _number(value, path, "max_memory_gb", 0, MOST_MEMORY_GB)
    yield from _number(value, path, "min_context_tokens", 1, MOST_TOKENS, whole=True)
    for name in (*NEEDS, "known_only"):
        if not isinstance(value.get(name), bool | None):
            yield (*path, name), "Write true or false."
    latency = value.get("latency_class")
    if latency is not None and latency not in LATENCY_CLASSES:
        yield (*path, "latency_class"), f"One of {', '.join(LATENCY_CLASSES)}."
    yield from _capabilities(value.get("capabilities"), (*path, "capabilities"))


def _capabilities(words: Any, path: Path) -> Iterator[Wrong]:
    if words is None:
        return
    if not isinstance(words, list | tuple):
        yield path, "A list of capabilities was expected."
        return
    for place, word in enumerate(words):
        if not isinstance(word, str) or word not in CAPABILITIES:
            known = ", ".join(CAPABILITIES)
            yield (*path, place), f"Not known. Known: {known}."


def _number(
    value: Mapping[str, Any],
    path: Path,
    name: str,
    least: int,
    most: int,
    *,
    whole: bool = False,
) -> Iterator[Wrong]:
    number = value.get(name)
    if number is None:
        return
    kinds = int if whole else int | float | Decimal
    is_number = isinstance(number, kinds) and not isinstance(number, bool)
    if not is_number or not least <= number <= most:
        kind = "A whole number" if whole else "A number"
        yield (*path, name), f"{kind} from {least:,} to {most:,} was expected."


def _parameters(value: Any, path: Path) -> Iterator[Wrong]:
    if value is None:
        return
    if not isinstance(value, Mapping):
        yield path, "Names with a value each were expected."
        return
    try:
        clean_parameters({str(name): one for name, one in _plain(value).items()})
    except ParameterError as error:
        for name, text in error.errors.items():
            yield (*path, name), text


def _unknown(
    value: Mapping[Any, Any], known: tuple[str, ...], path: Path
) -> Iterator[Wrong]:
    for name in value:
        if name not in known:
            shown = str(name)[:LONGEST_KEY]
            yield (*path, shown), f"Not known here. Known: {', '.join(known)}."


def _plain(value: Any) -> Any:
    """With the decimals of a YAML file as numbers that JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value
