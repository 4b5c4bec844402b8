"""How the fields of an entry in a configuration file are read. Pure. Each reader gives
the one form in which values are compared and written, or raises FieldError."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from registry.lined.document import Path
from registry.parameters import ParameterError, clean_parameters

Wrong = tuple[Path, str]
Reader = Callable[[Any], Any]
MODEL: Final = re.compile(r"[^\s/]+/\S(.*\S)?")
MODEL_LENGTH: Final = 300
LARGEST: Final = 2**31 - 1


class FieldError(ValueError):
    """`wrong` is everything that is wrong in a value, each with its place in it."""

    def __init__(self, *wrong: Wrong) -> None:
        self.wrong = wrong
        super().__init__(" ".join(text for _, text in wrong))


@dataclass(frozen=True)
class Field:
    """A field of an entry. `default` is what holds where nothing was ever said; such a
    value is not written. One that `is_fixed` is said once, when the entry is made."""

    read: Reader
    default: Any = None
    is_fixed: bool = False
    survives_pruning: bool = False


def text(length: int) -> Reader:
    def read(value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise FieldError(((), "A text was expected."))
        if len(value) > length:
            said = f"At most {length:,} characters; these are {len(value):,}."
            raise FieldError(((), said))
        return value.strip()

    return read


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise FieldError(((), "Write true or false."))
    return value


def maybe_flag(value: Any) -> bool | None:
    return None if value is None else flag(value)


def whole(least: int = 0, most: int = LARGEST, *, is_optional: bool = True) -> Reader:
    def read(value: Any) -> int | None:
        if value is None and is_optional:
            return None
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:
            said = f"A whole number from {least:,} to {most:,} was expected."
            raise FieldError(((), said))
        return int(value)

    return read


def amount(*, places: int, most: Decimal, is_optional: bool = True) -> Reader:
    """A number from 0 on as exact text: "12.5"."""

    def read(value: Any) -> str | None:
        if value is None and is_optional:
            return None
        number = _decimal(value)
        if number is None or not 0 <= number <= most:
            raise FieldError(((), f"A number from 0 to {most:,f} was expected."))
        if round(number, places) != number:
            raise FieldError(((), f"At most {places} decimals."))
        return plain_number(number)

    return read


def plain_number(number: Decimal) -> str:
    """2.5 and 2.50 are the same number."""
    return f"{number.normalize():f}" if number else "0"


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def choice(known: Collection[str]) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in known:
            named = ", ".join(one for one in known if one)
            raise FieldError(((), f"One of these was expected: {named}."))
        return value

    return read


def words(known: Collection[str]) -> Reader:
    def read(value: Any) -> list[str]:
        rows = list_of(value)
        wrong: list[Wrong] = [
            ((place,), f"“{str(one)[:40]}” is not known. Known: {', '.join(known)}.")
            for place, one in enumerate(rows)
            if not isinstance(one, str) or one not in known
        ]
        if wrong:
            raise FieldError(*wrong)
        return list(dict.fromkeys(rows))

    return read


def list_of(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise FieldError(((), "A list was expected."))
    return value


def day(value: Any) -> str | None:
    """An ISO date."""
    if value is None or value == "":
        return None
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as error:
        raise FieldError(((), "Write a day, as in 2026-11-30.")) from error


def moment(value: Any) -> str | None:
    """A moment in ISO 8601, in UTC."""
    if value is None or value == "":
        return None
    try:
        at = datetime.datetime.fromisoformat(value)
        at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
        return at.astimezone(datetime.UTC).isoformat()
    except (TypeError, ValueError, OverflowError) as error:
        said = "Write a moment, as in 2026-12-01T00:00:00Z."
        raise FieldError(((), said)) from error


def reference(value: Any) -> str:
    """A model as provider/model-id."""
    if (
        not isinstance(value, str)
        or not MODEL.fullmatch(value)
        or not value.isprintable()
        or len(value) > MODEL_LENGTH
    ):
        raise FieldError(((), "Write a model as provider/model-id."))
    return value


def maybe_reference(value: Any) -> str | None:
    return None if value is None or value == "" else reference(value)


def references(most: int) -> Reader:
    def read(value: Any) -> list[str]:
        rows = list_of(value)
        if len(rows) > most:
            raise FieldError(((), f"At most {most} models; these are {len(rows)}."))
        wrong: list[Wrong] = []
        for place, one in enumerate(rows):
            try:
                reference(one)
            except FieldError as error:
                wrong.append(((place,), str(error)))
            if one in rows[:place]:
                wrong.append(((place,), f"{one} is there twice."))
        if wrong:
            raise FieldError(*wrong)
        return rows

    return read


def parameters(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        said = "Parameters are a mapping, as in temperature: 0.25."
        raise FieldError(((), said))
    try:
        return clean_parameters(value)
    except ParameterError as error:
        wrong = [((name,), said) for name, said in error.errors.items()]
        raise FieldError(*wrong) from error


def mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise FieldError(((), "Names with a value each were expected."))
    return dict(value)


def inner(
    value: Any, fields: Mapping[str, Reader], required: Collection[str] = ()
) -> dict[str, Any]:
    """A mapping inside a field, each value read by its own reader."""
    found: dict[str, Any] = {}
    wrong: list[Wrong] = []
    for name, one in mapping(value).items():
        if name not in fields:
            known = ", ".join(fields)
            text = f"“{name[:40]}” is not known here. Known: {known}."
            wrong.append(((name,), text))
            continue
        try:
            found[name] = fields[name](one)
        except FieldError as error:
            wrong += [((name, *path), said) for path, said in error.wrong]
    wrong += [((), f"{name} is missing.") for name in required if name not in value]
    if wrong:
        raise FieldError(*wrong)
    return found
