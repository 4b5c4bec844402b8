"""Management API: lists page by page. A cursor says after which row to go on, so that
rows that are added meanwhile neither repeat nor hide others."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Field, Schema
from ninja.errors import HttpError

Row = TypeVar("Row")
ModelRow = TypeVar("ModelRow", bound=Model)
MOST: Final = 200
NO_CURSOR: Final = "cursor: this was not given out by this list."


class PageQuery(Schema):
    limit: int = Field(50, ge=1, le=MOST)
    cursor: str = Field("", max_length=1000, description="`next_cursor` of a page.")


class PageOf(Schema, Generic[Row]):
    """One page. `next_cursor` asks for the next one and is null on the last; the header
    `Link` has its address."""

    items: list[Row]
    next_cursor: str | None


def page_of_rows(
    rows: QuerySet[ModelRow], order: Sequence[str], query: PageQuery
) -> tuple[list[ModelRow], str | None]:
    """Up to `limit` rows in `order` (names of columns, `-` for descending; together
    they are unique), and the cursor to go on from. Raises HttpError 422."""
    if query.cursor:
        rows = rows.filter(_after(order, _opened(query.cursor, order)))
    found = list(rows.order_by(*order)[: query.limit + 1])
    if len(found) <= query.limit:
        return found, None
    last = found[query.limit - 1]
    return found[: query.limit], _sealed(order, [_value(last, name) for name in order])


def page_of_list(
    rows: Sequence[Row], key: Callable[[Row], str], query: PageQuery
) -> tuple[list[Row], str | None]:
    """The same for a short list that is made as a whole, in the order of `key`, which
    is unique."""
    ordered = sorted(rows, key=key)
    if query.cursor:
        (after,) = _opened(query.cursor, ("key",))
        ordered = [one for one in ordered if key(one) > str(after)]
    if len(ordered) <= query.limit:
        return ordered, None
    shown = ordered[: query.limit]
    return shown, _sealed(("key",), [key(shown[-1])])


def page(
    request: HttpRequest,
    response: HttpResponse,
    items: list[Any],
    next_cursor: str | None,
) -> dict[str, Any]:
    """The document of a page, with the address of the next one in `Link`."""
    if next_cursor:
        words = request.GET.copy()
        words["cursor"] = next_cursor
        address = f"{request.path}?{words.urlencode()}"
        response["Link"] = f'<{address}>; rel="next"'
    return {"items": items, "next_cursor": next_cursor}


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


def _sealed(order: Sequence[str], values: list[Any]) -> str:
    return signing.dumps(values, salt=_salt(order), compress=True)


def _opened(cursor: str, order: Sequence[str]) -> list[Any]:
    try:
        values: list[Any] = signing.loads(cursor, salt=_salt(order))
    except (signing.BadSignature, ValueError) as error:
        raise HttpError(422, NO_CURSOR) from error
    return values


def _salt(order: Sequence[str]) -> str:
    return f"cursor {' '.join(order)}"
