"""The documented ways in which providers turn an image into input tokens.

Each rule answers `count(width, height, detail)`: the tokens, or None where the provider
refuses such an image, and a remark where the detail asked for is not one it knows.
Sizes are in pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, Protocol

Detail = Literal["low", "medium", "high", "auto", "original"]
DETAILS: Final[tuple[Detail, ...]] = ("low", "medium", "high", "auto", "original")
Count = tuple[int | None, str]
AS_HIGH: Final = "This family has no such detail: counted as high."
NO_DETAIL: Final = "This family counts every detail alike."


class Rule(Protocol):
    def count(self, width: int, height: int, detail: Detail) -> Count: ...


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """Fit into 2048², then the short side to 768, then `tile` tokens for each square
    of 512 on top of `base`. Low detail is `base` alone."""

    base: int
    tile: int

    def count(self, width: int, height: int, detail: Detail) -> Count:
        if detail == "low":
            return self.base, ""
        width, height = _fitted(width, height, 2048)
        width, height = _short_side_to(width, height, 768)
        tiles = math.ceil(width / 512) * math.ceil(height / 512)
        remark = AS_HIGH if detail in ("medium", "original") else ""
        return self.base + tiles * self.tile, remark


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so many patches and so long an edge; larger images are shrunk."""

    patches: int
    edge_px: int


@dataclass(frozen=True, kw_only=True)
class Patches:
    """Patches of 32 px that cover the image after it was shrunk into a limit, times a
    factor in percent, rounded up. `original` None: no such detail; `is_auto_original`:
    auto means it. Above `refused_above` patches the request is refused."""

    factor_percent: int
    high: Limit
    original: Limit | None = None
    is_auto_original: bool = False
    refused_above: int | None = None

    def count(self, width: int, height: int, detail: Detail) -> Count:
        remark = ""
        if detail == "low":
            width, height = _fitted(width, height, 512)
        else:
            is_original = detail == "original" or (
                detail == "auto" and self.is_auto_original
            )
            if detail == "medium" or (detail == "original" and not self.original):
                remark = AS_HIGH
            limit = self.original if is_original and self.original else self.high
            width, height = _within(width, height, limit)
        patches = _patches(width, height, 32)
        if self.refused_above is not None and patches > self.refused_above:
            return None, f"Refused: more than {self.refused_above:,} patches."
        return -(-patches * self.factor_percent // 100), remark


@dataclass(frozen=True, kw_only=True)
class PixelArea:
    """Width × height ÷ `pixels_per_token`, rounded up, after fitting the long edge
    into `edge_px` and the whole into `max_tokens`."""

    pixels_per_token: int
    edge_px: int
    max_tokens: int

    def count(self, width: int, height: int, detail: Detail) -> Count:
        if max(width, height) > MAX_SENT_PX:
            return None, f"Refused: longer than {MAX_SENT_PX} px."
        width, height = _fitted(width, height, self.edge_px)
        tokens = -(-width * height // self.pixels_per_token)
        return min(tokens, self.max_tokens), _alike(detail)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One token for each square of 28 px, after shrinking to the largest size with a
    long edge of at most `edge_px` and at most `max_tokens` squares."""

    edge_px: int
    max_tokens: int

    def count(self, width: int, height: int, detail: Detail) -> Count:
        long, short = max(width, height), min(width, height)
        if long > MAX_SENT_PX:
            return None, f"Refused: longer than {MAX_SENT_PX} px."
        # The count grows with the edge: look for the longest edge that still fits.
        lowest, highest = 1, min(long, self.edge_px)
        while lowest < highest:
            middle = (lowest + highest + 1) // 2
            if self._squares(middle, short / long) <= self.max_tokens:
                lowest = middle
            else:
                highest = middle - 1
        return self._squares(lowest, short / long), _alike(detail)

    def _squares(self, long: int, ratio: float) -> int:
        return _patches(long, max(1, round(long * ratio)), 28)


@dataclass(frozen=True, kw_only=True)
class SmallOrTiles:
    """258 tokens where both sides are at most 384 px, else 258 for each tile of 768."""

    def count(self, width: int, height: int, detail: Detail) -> Count:
        is_small = max(width, height) <= 384
        tiles = 1 if is_small else _patches(width, height, 768)
        return 258 * tiles, _alike(detail)


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """A number of tokens for each detail, whatever the size."""

    low: int
    medium: int
    high: int
    original: int

    def count(self, width: int, height: int, detail: Detail) -> Count:
        return getattr(self, "high" if detail == "auto" else detail), ""


MAX_SENT_PX: Final = 8000


def _alike(detail: Detail) -> str:
    return "" if detail in ("auto", "high") else NO_DETAIL


def _patches(width: int, height: int, size: int) -> int:
    return -(-width // size) * -(-height // size)


def _fitted(width: int, height: int, edge: int) -> tuple[int, int]:
    """The same shape with no side longer than `edge`; never enlarged."""
    longest = max(width, height)
    if longest <= edge:
        return width, height
    return _scaled(width, height, edge / longest)


def _short_side_to(width: int, height: int, side: int) -> tuple[int, int]:
    shortest = min(width, height)
    return (
        (width, height) if shortest <= side else _scaled(width, height, side / shortest)
    )


def _scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(1, round(width * scale)), max(1, round(height * scale))


def _within(width: int, height: int, limit: Limit) -> tuple[int, int]:
    """The image as it is read: first the edge, then the patch budget, where the scale
    is lowered once more so that whole patches cover one side (OpenAI's formula)."""
    width, height = _fitted(width, height, limit.edge_px)
    if _patches(width, height, 32) <= limit.patches:
        return width, height
    shrink = math.sqrt(32 * 32 * limit.patches / (width * height))
    across, down = width * shrink / 32, height * shrink / 32
    scale = shrink * min(
        max(1, math.floor(across)) / across, max(1, math.floor(down)) / down, 1.0
    )
    # A thousandth of a pixel keeps a whole number that floats miss by a hair.
    return (
        max(1, math.floor(width * scale + 1e-3)),
        max(1, math.floor(height * scale + 1e-3)),
    )
