"""Fields that hold a document of their own: versions, preferences, prices. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from registry.configuration.fields import (
    FieldError,
    Reader,
    Wrong,
    amount,
    inner,
    list_of,
    mapping,
    maybe_reference,
    moment,
    parameters,
    references,
    text,
)
from registry.packs.checking import wrong_in_pack
from registry.packs.document import MAX_FALLBACKS, prompt_reference
from registry.packs.reading import pack_feature
from registry.profiles.checking import clean_document, wrong_in_document
from registry.prompts.files import prompt_versions_from, wrong_in_prompt
from registry.rates_check import check_document

MOST_PRICES: Final = 40


def assignment(value: Any) -> dict[str, Any]:
    """Model, fallbacks, parameters and prompt; a model that is null: none at all."""
    found = inner(
        value,
        {
            "model": maybe_reference,
            "fallbacks": references(MAX_FALLBACKS),
            "parameters": parameters,
            "prompt": _prompt,
        },
        required=("model",),
    )
    if found["model"] is None:
        if len(found) > 1:
            raise FieldError(((), "Without a model there is nothing else to say."))
        return {"model": None}
    if found["model"] in found.get("fallbacks", ()):
        said = f"{found['model']} cannot be its own fallback."
        raise FieldError((("fallbacks",), said))
    return {name: one for name, one in found.items() if one}


def _prompt(value: Any) -> str:
    if value is None or value == "":
        return ""
    found = prompt_reference(value) if isinstance(value, str) else None
    if found is None:
        raise FieldError(((), "Write a prompt as NAME@label or NAME@7."))
    return str(found)


def preferences(part: str) -> Reader:
    """The roles or the tasks of a profile."""

    def read(value: Any) -> dict[str, Any]:
        wrong: list[Wrong] = [
            (path[1:], said) for path, said in wrong_in_document({part: value})
        ]
        if wrong:
            raise FieldError(*wrong)
        found: dict[str, Any] = clean_document({part: value}).get(part, {})
        return found

    return read


def pack_versions(value: Any) -> list[dict[str, Any]]:
    """The versions of a pack, oldest first: number, note and features each."""
    found, wrong = [], []
    last = 0
    for place, one in enumerate(_some(value)):
        version = one if isinstance(one, Mapping) else {}
        said = {name: part for name, part in version.items() if name != "number"}
        wrong += [
            ((place, *path), text)
            for path, text in wrong_in_pack({"name": "versions", **said})
        ]
        if "name" in version or "slug" in version:
            wrong.append(((place,), "Name and slug stand at the pack."))
        number = version.get("number", last + 1)
        if not isinstance(number, int) or isinstance(number, bool) or number <= last:
            wrong.append(((place,), "Versions have whole numbers that grow."))
            number = last
        last = number
        if not wrong:
            found.append(_pack_version(number, version))
    if wrong:
        raise FieldError(*wrong)
    return found


def _pack_version(number: int, version: Mapping[str, Any]) -> dict[str, Any]:
    features = {
        key: pack_feature(key, said).as_json()
        for key, said in sorted(version["features"].items())
    }
    note = (version.get("note") or "").strip()
    said = {"number": number, **({"note": note} if note else {})}
    return {**said, "features": features}


def prompt_versions(value: Any) -> list[dict[str, Any]]:
    """The versions of a prompt, oldest first: number, text, variables and note."""
    rows = _some(value)
    wrong: list[Wrong] = [
        (path[1:] if path[:1] == ("versions",) else path, said)
        for path, said in wrong_in_prompt((), {"name": "PROMPT", "versions": rows})
    ]
    if wrong:
        raise FieldError(*wrong)
    return [one.as_json() for one in prompt_versions_from(rows)]


def _some(value: Any) -> list[Any]:
    rows = list_of(value)
    if not rows:
        raise FieldError(((), "At least one version was expected."))
    return rows


def labels(value: Any) -> dict[str, int]:
    """Where each label of a prompt is: the number of a version."""
    found = mapping({} if value is None else value)
    wrong: list[Wrong] = [
        ((name,), "The number of a version was expected.")
        for name, number in found.items()
        if not isinstance(number, int) or isinstance(number, bool) or number < 1
    ]
    if wrong:
        raise FieldError(*wrong)
    return dict(sorted(found.items()))


def rates(value: Any) -> dict[str, Any] | None:
    """A price in its stored form (`registry.rates`); numbers become exact text."""
    if value is None:
        return None
    document = _exact(mapping(value))
    document.setdefault("standard", {})
    try:
        check_document(document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = str(error) if isinstance(error, ValueError) else "This is no price."
        raise FieldError(((), said)) from error
    found: dict[str, Any] = document
    return found


def negotiated_prices(value: Any) -> list[dict[str, Any]]:
    """The price that holds, and those agreed for later. One without `to` ends where
    the next begins."""
    rows = list_of(value)
    if len(rows) > MOST_PRICES:
        raise FieldError(((), f"At most {MOST_PRICES} prices."))
    found, wrong = [], []
    for place, one in enumerate(rows):
        try:
            found.append(_negotiated(one))
        except FieldError as error:
            wrong += [((place, *path), said) for path, said in error.wrong]
    if wrong:
        raise FieldError(*wrong)
    found.sort(key=lambda price: price.get("from") or "")
    for price, following in zip(found, found[1:], strict=False):
        if "to" not in price and "from" in following:
            price["to"] = following["from"]
    return found


def _negotiated(value: Any) -> dict[str, Any]:
    fields: dict[str, Reader] = {
        "from": moment,
        "to": moment,
        "discount_percent": amount(places=2, most=Decimal(100)),
        "rates": rates,
        "note": text(10_000),
    }
    said = inner(value, fields)
    found = {name: said[name] for name in fields if said.get(name)}
    if said.get("discount_percent") == "0":
        found["discount_percent"] = "0"
    if ("discount_percent" in found) == ("rates" in found):
        said_twice = "Give either discount_percent or rates."
        raise FieldError(((), said_twice))
    return found


def _exact(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {str(key): _exact(one, str(key)) for key, one in value.items()}
    if isinstance(value, list):
        return [_exact(one, name) for one in value]
    if name == "start" or isinstance(value, bool):
        return value
    return f"{value}" if isinstance(value, int | Decimal) else value
