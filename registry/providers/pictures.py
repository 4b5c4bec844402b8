"""A picture's bytes and media type, whichever way a message carries it. Pure."""

from __future__ import annotations

from typing import Final

from registry.providers.messages import Image

# How the base64 of a picture begins, by its file format.
BEGINNINGS: Final = {
    "iVBOR": "image/png",
    "/9j/": "image/jpeg",
    "R0lGOD": "image/gif",
    "UklGR": "image/webp",
}
ENDINGS: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
DEFAULT_MEDIA_TYPE: Final = "image/png"


def inline_picture(image: Image) -> tuple[str, str] | None:
    """Media type and base64 of a picture that is in the message itself, as data or as
    a data URL; None where it is an address."""
    if image.url.startswith("data:"):
        head, _, data = image.url.partition(",")
        stated = head.removeprefix("data:").removesuffix(";base64")
        return stated or _seen(data), data
    if image.url:
        return None
    return image.media_type or _seen(image.data), image.data


def linked_media_type(image: Image) -> str:
    """The media type of a picture at an address, as far as its ending tells it."""
    if image.media_type:
        return image.media_type
    path = image.url.partition("?")[0].lower()
    found = (kind for ending, kind in ENDINGS.items() if path.endswith(ending))
    return next(found, "")


def _seen(data: str) -> str:
    found = (kind for start, kind in BEGINNINGS.items() if data.startswith(start))
    return next(found, DEFAULT_MEDIA_TYPE)
