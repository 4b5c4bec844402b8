"""Reads a client's JSON, field by field, and says which field is wrong."""

from __future__ import annotations

from typing import Any, NoReturn

from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Image

Object = dict[str, Any]  # The client's JSON: anything may stand in it.


def refuse(message: str, code: str = "invalid_request") -> NoReturn:
    raise InvalidRequestError(message, code=code)


def an_object(value: object, where: str) -> Object:
    if not isinstance(value, dict):
        refuse(f"{where} must be an object.")
    return value


def objects(value: object, where: str) -> list[Object]:
    if not isinstance(value, list):
        refuse(f"{where} must be a list.")
    return [an_object(one, f"{where}[{place}]") for place, one in enumerate(value)]


def a_text(value: object, where: str) -> str:
    if not isinstance(value, str):
        refuse(f"{where} must be a text.")
    return value


def number(fields: Object, name: str) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse(f"{name} must be a number.")
    return value


def whole(fields: Object, name: str) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        refuse(f"{name} must be a whole number.")
    return value


def truth(fields: Object, name: str) -> bool | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, bool):
        refuse(f"{name} must be true or false.")
    return value


def texts(fields: Object, name: str) -> tuple[str, ...]:
    """A text or a list of texts."""
    value = fields.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        refuse(f"{name} must be a text or a list of texts.")
    return tuple(a_text(one, f"{name}[{place}]") for place, one in enumerate(value))


def image_of(url: str, where: str, detail: str = "") -> Image:
    """A picture from an address or a data URL."""
    if not url.startswith("data:"):
        if not url.startswith(("https://", "http://")):
            refuse(f"{where} must be a web address or a data URL.")
        return Image(url=url, detail=detail)
    head, comma, data = url[len("data:") :].partition(",")
    if not comma or not head.endswith(";base64"):
        refuse(f"{where} must hold base64.")
    return Image(data=data, media_type=head.removesuffix(";base64"), detail=detail)
