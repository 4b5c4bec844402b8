"""Management API: entity tags against lost updates. The tag of an object changes when
somebody changes the object, not with what is only counted about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja.errors import HttpError

Row = TypeVar("Row", bound=Model)
HEADER: Final = "If-Match"
STALE: Final = "Somebody changed this since you read it: read it again."


def tag_of(*parts: object) -> str:
    """The tag of what these parts say: the kind, the id and the version, usually."""
    text = "\n".join(map(str, parts))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def tell_tag(response: HttpResponse, tag: str) -> None:
    """A dash and the tag of the whole answer are added on its way out."""
    response["ETag"] = tag


def check_tag(request: HttpRequest, tag: str) -> None:
    """Raises HttpError 412 where `If-Match` names other tags than that of the object
    now. Without the header nothing is checked."""
    said = request.headers.get(HEADER)
    if said is None or said.strip() == "*":
        return
    # A proxy that compresses makes a tag weak; which version it names is as sure.
    decided = {_decided(one.removeprefix("W/")) for one in parse_etags(said)}
    if _decided(tag) not in decided:
        raise HttpError(412, STALE)


def checked(
    request: HttpRequest, find: Callable[[], Row], tag: Callable[[Row], str]
) -> Row:
    """What `find` finds, as `If-Match` says that it must be (HttpError 412). It is held
    then until the call has ended: nobody is faster between the look and the change."""
    row = find()
    if not is_checked(request):
        return row
    rows = type(row)._base_manager.filter(pk=row.pk)
    rows.select_for_update(no_key=True).values_list("pk").first()
    row = find()
    check_tag(request, tag(row))
    return row


def is_checked(request: HttpRequest) -> bool:
    return HEADER in request.headers


def _decided(tag: str) -> str:
    return tag.strip('"').partition("-")[0]
