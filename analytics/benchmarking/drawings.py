"""Draws the images of the suite `vision`; `python -m analytics.benchmarking.drawings`
writes them to `ready_made/images/` anew. Pure but for that."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

SIZE: Final = (320, 240)
RED: Final = (205, 40, 40)
GREEN: Final = (30, 140, 70)
BLUE: Final = (40, 90, 200)
INK: Final = (25, 25, 30)
GREY: Final = (190, 190, 195)
SQUARES: Final = ((30, 40), (120, 25), (220, 60), (70, 140), (190, 150))
CIRCLES: Final = ((50, 60), (170, 45), (260, 150), (90, 180))
BARS: Final = (("A", 30), ("B", 20), ("C", 50), ("D", 40))
ROWS: Final = (("", "Mon", "Tue"), ("apples", "12", "5"), ("pears", "3", "8"))
Draw = ImageDraw.ImageDraw


def circle(draw: Draw) -> None:
    draw.ellipse((100, 60, 220, 180), fill=RED)


def triangle(draw: Draw) -> None:
    draw.polygon([(160, 40), (60, 200), (260, 200)], fill=BLUE)


def squares(draw: Draw) -> None:
    for x, y in SQUARES:
        draw.rectangle((x, y, x + 45, y + 45), fill=GREEN)


def mixed(draw: Draw) -> None:
    for x, y in CIRCLES:
        draw.ellipse((x - 24, y - 24, x + 24, y + 24), fill=BLUE)
    for x, y in ((100, 90), (200, 100), (170, 180)):
        draw.rectangle((x, y, x + 40, y + 40), fill=RED)


def number(draw: Draw) -> None:
    _write(draw, (160, 120), "40718", 72)


def word(draw: Draw) -> None:
    _write(draw, (160, 120), "HARBOUR", 56)


def sides(draw: Draw) -> None:
    draw.ellipse((40, 80, 120, 160), fill=GREEN)
    draw.rectangle((200, 80, 280, 160), fill=BLUE)


def corner(draw: Draw) -> None:
    draw.rectangle((4, 4, 315, 235), outline=INK, width=3)
    draw.ellipse((25, 190, 50, 215), fill=INK)


def bars(draw: Draw) -> None:
    for step in range(6):
        draw.line((30, 200 - step * 34, 300, 200 - step * 34), fill=GREY, width=1)
    for place, (letter, value) in enumerate(BARS):
        left = 50 + place * 62
        draw.rectangle((left, 200 - value * 3.4, left + 40, 200), fill=BLUE)
        _write(draw, (left + 20, 220), letter, 22)


def clock(draw: Draw) -> None:
    draw.ellipse((60, 20, 260, 220), outline=INK, width=5)
    for hour in range(12):
        x, y = _hand(hour, 84)
        _write(draw, (x, y), str(hour or 12), 18)
    draw.line((160, 120, *_hand(4, 50)), fill=INK, width=8)
    draw.line((160, 120, *_hand(0, 70)), fill=INK, width=4)


def table(draw: Draw) -> None:
    for row, cells in enumerate(ROWS):
        for column, text in enumerate(cells):
            left, top = 20 + column * 94, 45 + row * 50
            draw.rectangle((left, top, left + 94, top + 50), outline=INK, width=2)
            _write(draw, (left + 47, top + 25), text, 24)


DRAWINGS: Final[tuple[Callable[[Draw], None], ...]] = (
    circle,
    triangle,
    squares,
    mixed,
    number,
    word,
    sides,
    corner,
    bars,
    clock,
) + (table,)


def drawn(what: Callable[[Draw], None]) -> Image.Image:
    """One drawing, in few colours so that its file is small."""
    image = Image.new("RGB", SIZE, "white")
    what(ImageDraw.Draw(image))
    return image.quantize(16)


def _hand(hour: float, length: float) -> tuple[float, float]:
    angle = hour / 12 * 2 * math.pi
    return 160 + length * math.sin(angle), 120 - length * math.cos(angle)


def _write(draw: Draw, place: tuple[float, float], text: str, size: int) -> None:
    font = ImageFont.load_default(size)
    draw.text(place, text, fill=INK, font=font, anchor="mm")


def main() -> None:
    folder = Path(__file__).parent / "ready_made" / "images"
    folder.mkdir(exist_ok=True)
    for what in DRAWINGS:
        drawn(what).save(folder / f"{what.__name__}.png", optimize=True)


if __name__ == "__main__":
    main()
