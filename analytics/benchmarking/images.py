"""Images of cases and of the playground: told by their bytes, whatever a file is
called. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, UnidentifiedImageError

FORMATS: Final = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
MOST_BYTES: Final = 8 * 1024 * 1024
MOST_SIDE_PX: Final = 8_000
MOST_PIXELS: Final = 25_000_000
KINDS: Final = "PNG, JPEG, WebP or GIF"


class ImageRefused(ValueError):
    """It is no image that models read; the text says why."""


@dataclass(frozen=True)
class Picture:
    """An image that was looked at. `digest` is the SHA-256 of `data`."""

    data: bytes
    digest: str
    media_type: str
    width_px: int
    height_px: int

    @property
    def address(self) -> str:
        """As a data address, for a file."""
        return data_address(self.media_type, self.data)


def read_picture(data: bytes, name: str = "") -> Picture:
    """Look at the bytes of an image. `name` is only said in what is wrong with it.
    Raises ImageRefused."""
    called = f"“{name[:80]}”" if name else "The image"
    check_size(len(data), name)
    if not data:
        raise ImageRefused(f"{called} is empty.")
    try:
        kind, width, height = _looked_at(data, called)
    except UnidentifiedImageError:
        raise ImageRefused(
            f"{called} is not an image: its bytes are {_seen(data)}, not {KINDS}."
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, ImageRefused):
            raise
        raise ImageRefused(f"{called} is damaged or cut short.") from error
    digest = hashlib.sha256(data).hexdigest()
    return Picture(data, digest, FORMATS[kind], width, height)


def check_size(size_bytes: int, name: str = "") -> None:
    """Raises ImageRefused. Ask it before the bytes are read into memory."""
    if size_bytes > MOST_BYTES:
        called = f"“{name[:80]}”" if name else "The image"
        most, size = MOST_BYTES // 1024**2, size_bytes / 1024**2
        raise ImageRefused(f"{called} is {size:.1f} MB large; at most {most} MB.")


def data_address(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def picture_of_address(address: str) -> Picture:
    """Reads `data:image/png;base64,…`. Raises ImageRefused."""
    head, comma, body = address.partition(",")
    if not head.startswith("data:") or not comma or not head.endswith(";base64"):
        raise ImageRefused(
            "An image is written as data:image/png;base64,… in a file; "
            f"“{address[:40]}” is not."
        )
    check_size(len(body) * 3 // 4)
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise ImageRefused("The image is not whole: its base64 is broken.") from None
    return read_picture(data)


def _looked_at(data: bytes, called: str) -> tuple[str, int, int]:
    with warnings.catch_warnings():
        # Pillow warns of large images; we refuse those ourselves below.
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            width, height = image.size
            if max(width, height) > MOST_SIDE_PX or width * height > MOST_PIXELS:
                raise ImageRefused(
                    f"{called} has {width} × {height} pixels; at most {MOST_SIDE_PX:,} "
                    f"a side and {MOST_PIXELS // 1_000_000} million in all."
                )
            # What was cut off shows only when every pixel is asked for.
            image.load()
            return str(image.format), width, height


def _seen(data: bytes) -> str:
    if data.lstrip()[:5].lower() in {b"<svg ", b"<?xml"}:
        return "SVG or XML text"
    if data[:5] == b"%PDF-":
        return "a PDF"
    if b"ftyp" in data[:12]:
        return "HEIC, AVIF or video"
    try:
        data[:200].decode("ascii")
    except UnicodeDecodeError:
        return "something else"
    return "text"
