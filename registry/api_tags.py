"""Management API: entity tags against lost updates. The tag of an object changes when
somebody changes the object, not with what is only counted about it."""

from __future__ import annotations

import hashlib
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja.errors import HttpError

STALE: Final = "Somebody changed this since you read it: read it again."


def tag_of(*parts: object) -> str:
    """The tag of what these parts say: the kind, the id and the version, usually."""
    text = "\n".join(map(str, parts))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def tell_tag(response: HttpResponse, tag: str) -> None:
    response["ETag"] = tag


def check_tag(request: HttpRequest, tag: str) -> None:
    """Raises HttpError 412 where `If-Match` names other tags than that of the object
    now. Without the header nothing is checked."""
    said = request.headers.get("If-Match")
    if said is None or said.strip() == "*":
        return
    if tag not in parse_etags(said):
        raise HttpError(412, STALE)
