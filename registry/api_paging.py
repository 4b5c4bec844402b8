"""Management API: lists page by page. A cursor says after which row to go on, so that
rows that are added meanwhile neither repeat nor hide others."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Generic, Self, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema
from ninja.errors import HttpError
from pydantic import PrivateAttr, ValidationInfo, field_validator, model_validator

Row = TypeVar("Row")
ModelRow = TypeVar("ModelRow", bound=Model)
MOST: Final = 200
NO_CURSOR: Final = "This was not given out by this list."


@dataclass(frozen=True)
class Place:
    """Where a page ended: the order of the list and the last row's values in it."""

    order: tuple[str, ...]
    values: tuple[Any, ...]

    def sealed(self, path: str) -> str:
        """The cursor of the list at `path`, and of no other."""
        facts = [list(self.order), list(self.values)]
        return signing.dumps(facts, salt=_salt(path), compress=True)

    @classmethod
    def opened(cls, cursor: str, path: str) -> Self:
        """Raises ValueError for what `sealed` did not make for `path`."""
        try:
            order, values = signing.loads(cursor, salt=_salt(path))
        except signing.BadSignature as error:
            raise ValueError(NO_CURSOR) from error
        return cls(tuple(order), tuple(values))


class PageQuery(Schema):
    limit: int = Field(50, ge=1, le=MOST)
    cursor: str = Field("", max_length=1000, description="`next_cursor` of a page.")
    _place: Place | None = PrivateAttr(None)

    @field_validator("cursor")
    @classmethod
    def _is_of_this_list(cls, cursor: str, info: ValidationInfo) -> str:
        if cursor:
            Place.opened(cursor, _path(info))
        return cursor

    @model_validator(mode="after")
    def _opens_its_cursor(self, info: ValidationInfo) -> Self:
        if self.cursor:
            self._place = Place.opened(self.cursor, _path(info))
        return self

    def values_after(self, order: tuple[str, ...]) -> tuple[Any, ...]:
        """The values of the row to go on after; empty: from the beginning. Raises
        HttpError 422 for a cursor of an order that the list has no longer."""
        if self._place is None:
            return ()
        if self._place.order != order:
            raise HttpError(422, f"cursor: {NO_CURSOR}")
        return self._place.values


class PageOf(Schema, Generic[Row]):
    """One page. `next_cursor` asks for the next one and is null on the last; the header
    `Link` has its address."""

    items: list[Row]
    next_cursor: str | None


def page_of_rows(
    rows: QuerySet[ModelRow], order: tuple[str, ...], query: PageQuery
) -> tuple[list[ModelRow], Place | None]:
    """Up to `limit` rows in `order` (names of columns, `-` for descending; together
    they are unique), and the place to go on from. Raises HttpError 422."""
    if values := query.values_after(order):
        rows = rows.filter(_after(order, values))
    found = list(rows.order_by(*order)[: query.limit + 1])
    if len(found) <= query.limit:
        return found, None
    last = found[query.limit - 1]
    return found[: query.limit], Place(
        order, tuple(_value(last, name) for name in order)
    )


def page_of_list(
    rows: Sequence[Row], key: Callable[[Row], str], query: PageQuery
) -> tuple[list[Row], Place | None]:
    """The same for a short list that is made as a whole, in the order of `key`, which
    is unique."""
    ordered = sorted(rows, key=key)
    if values := query.values_after(("key",)):
        ordered = [one for one in ordered if key(one) > str(values[0])]
    if len(ordered) <= query.limit:
        return ordered, None
    shown = ordered[: query.limit]
    return shown, Place(("key",), (key(shown[-1]),))


def page(
    request: HttpRequest, response: HttpResponse, items: list[Any], end: Place | None
) -> dict[str, Any]:
    """The document of a page, with the address of the next one in `Link`."""
    if end is None:
        return {"items": items, "next_cursor": None}
    cursor = end.sealed(request.path)
    words = request.GET.copy()
    words["cursor"] = cursor
    response["Link"] = f'<{request.path}?{words.urlencode()}>; rel="next"'
    return {"items": items, "next_cursor": cursor}


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind the one with these values, as a row comparison would find them."""
    found, before = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column = name.removeprefix("-")
        step = "lt" if name.startswith("-") else "gt"
        found |= before & Q(**{f"{column}__{step}": value})
        before &= Q(**{column: value})
    return found


def _value(row: Model, name: str) -> Any:
    found: Any = row
    for part in name.removeprefix("-").split("__"):
        found = getattr(found, part)
    is_text = isinstance(found, datetime.datetime | datetime.date | Decimal)
    return str(found) if is_text else found


def _path(info: ValidationInfo) -> str:
    """Ninja hands the request to validators as their context."""
    path: str = (info.context or {})["request"].path
    return path


def _salt(path: str) -> str:
    return f"cursor {path}"
