"""What a cell of an import may hold, and how a value is written into one.

JSON and YAML bring real types, CSV brings texts. A wrong type is a ValueError with one
sentence; an empty cell is "not known", never zero.
"""

import datetime
import json
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from import_export.widgets import Widget

from registry.transfer.csv_file import LIST_SEPARATOR

WHOLE = re.compile(r"[+-]?\d{1,19}")
TRUE_WORDS = {"true", "yes", "1"}
FALSE_WORDS = {"false", "no", "0"}


class Cell(Widget):
    """A text. Its base passes values on as they are: formats write them."""

    def __init__(self) -> None:
        super().__init__(coerce_to_string=False)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self.read(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value

    def read(self, value: Any) -> Any:
        return plain_text(value)


class Text(Cell):
    pass


class Whole(Cell):
    def read(self, value: Any) -> int | None:
        if is_empty(value):
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
            return int(value)
        raise ValueError(f"{shown(value)} is not a whole number.")


class Number(Cell):
    def read(self, value: Any) -> Decimal | None:
        if is_empty(value):
            return None
        if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal("NaN")
            if number.is_finite():
                return number
        raise ValueError(f"{shown(value)} is not a number.")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str | None:
        """Without trailing zeros: the same number is the same text."""
        return None if value is None else f"{Decimal(value).normalize():f}"


class YesNo(Cell):
    def read(self, value: Any) -> bool | None:
        if is_empty(value):
            return None
        word = str(value).strip().lower()
        if word in TRUE_WORDS | FALSE_WORDS:
            return word in TRUE_WORDS
        raise ValueError(f"{shown(value)} is not true or false.")


class Day(Cell):
    def read(self, value: Any) -> datetime.date | None:
        if is_empty(value):
            return None
        try:
            return datetime.date.fromisoformat(plain_text(value).strip())
        except ValueError as error:
            raise ValueError(
                f"{shown(value)} is not a date. Write 2025-04-30."
            ) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str | None:
        return value.isoformat() if value else None


class Moment(Cell):
    """A moment in UTC; one without a zone is taken as UTC."""

    def read(self, value: Any) -> datetime.datetime | None:
        if is_empty(value):
            return None
        try:
            moment = datetime.datetime.fromisoformat(plain_text(value).strip())
        except ValueError as error:
            raise ValueError(
                f"{shown(value)} is not a moment. Write 2025-04-30T12:00:00Z."
            ) from error
        if moment.tzinfo is None:
            return moment.replace(tzinfo=datetime.UTC)
        return moment.astimezone(datetime.UTC)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str | None:
        if value is None:
            return None
        text: str = value.astimezone(datetime.UTC).isoformat()
        return text.replace("+00:00", "Z")


class Words(Cell):
    """A list of words out of a closed set; in CSV separated by semicolons."""

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__()
        self.known = tuple(known)

    def read(self, value: Any) -> list[str]:
        if is_empty(value):
            return []
        if isinstance(value, str):
            value = value.split(LIST_SEPARATOR)
        if not isinstance(value, list) or not all(
            isinstance(one, str) for one in value
        ):
            raise ValueError(f"{shown(value)} is not a list of words.")
        words = [word.strip() for word in value if word.strip()]
        unknown = [word for word in words if word not in self.known]
        if unknown:
            raise ValueError(
                f"{shown(unknown[0])} is not known here. Known are: "
                f"{', '.join(self.known)}."
            )
        return list(dict.fromkeys(words))


class Document(Cell):
    """A mapping; in CSV its JSON."""

    def read(self, value: Any) -> dict[str, Any] | None:
        if is_empty(value):
            return None
        if isinstance(value, str):
            try:
                value = json.loads(value, parse_float=str)
            except (ValueError, RecursionError) as error:
                raise ValueError("This is not the JSON of a mapping.") from error
        if not isinstance(value, dict):
            raise ValueError(f"{shown(value)} is not a mapping.")
        return value


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def plain_text(value: Any) -> str:
    """A cell as text. A number is taken for its digits: spreadsheets make numbers of
    version names."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ValueError(f"{shown(value)} is not a text.")
    text = str(value)
    if "\x00" in text or any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise ValueError("The text holds characters that cannot be stored.")
    return text


def shown(value: Any) -> str:
    text = str(value)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
