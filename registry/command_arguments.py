"""Arguments of the command `models`, and how their text is read."""

import datetime
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Final

from registry.image_rules import DETAILS
from registry.image_tokens import MAX_SIDE_PX
from registry.price_units import Quantity
from registry.queries.model_costs import Images
from registry.usage import MAX_QUANTITY, NOT_COUNTED, Usage

QUANTITIES: Final = tuple(
    field.name for field in fields(Usage) if field.name not in NOT_COUNTED
)
MAX_IMAGES: Final = 1_000_000
YEARS: Final = range(2000, 3000)


def add_model_argument(parser: ArgumentParser) -> None:
    parser.add_argument("model", help="provider/model-id, or an alias of one.")


def add_output_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--organization", metavar="SLUG", help="With this organisation's own prices."
    )
    parser.add_argument("--json", action="store_true", help="Print one JSON document.")


def add_switch_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--organization", metavar="SLUG", help="Default: the only one.")
    parser.add_argument("--json", action="store_true", help="Print one JSON document.")


def add_cost_arguments(parser: ArgumentParser) -> None:
    for name in QUANTITIES:
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=quantity, metavar="N", dest=name
        )
    parser.add_argument(
        "--images",
        type=images,
        action="append",
        default=[],
        metavar="NxWxH[:DETAIL]",
        help="Images sent, e.g. 2x1024x1024:low; their tokens are added to the "
        "input tokens. Can be given several times.",
    )
    parser.add_argument(
        "--requests", type=quantity, default=1, metavar="N", help="How many such calls."
    )
    parser.add_argument("--batch", action="store_true", help="As a batch request.")
    parser.add_argument(
        "--at", type=moment, metavar="TIME", help="2026-10-20T12:00Z; default: now."
    )


def add_discover_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--connection",
        type=int,
        metavar="ID",
        help="Only this one (`modelhub connections list`); else every enabled one.",
    )
    parser.add_argument("--organization", metavar="SLUG", help="Only this one's.")
    parser.add_argument(
        "--dry-run", action="store_true", help="Ask and say it, and change nothing."
    )
    parser.add_argument("--json", action="store_true", help="Print one JSON document.")


def quantity(text: str) -> Quantity:
    """A number from 0 to 10¹⁵. Raises ArgumentTypeError."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ArgumentTypeError(f"{text[:40]!r} is not a number.") from error
    if not number.is_finite() or not 0 <= number <= MAX_QUANTITY:
        raise ArgumentTypeError(
            f"{text[:40]!r} is not a number from 0 to {MAX_QUANTITY:,}."
        )
    return int(number) if number == number.to_integral_value() else number


def images(text: str) -> Images:
    """`2x1024x768:low` as images. Raises ArgumentTypeError."""
    size, _, detail = text.partition(":")
    parts = size.lower().split("x")
    named = next((one for one in DETAILS if one == (detail or "auto")), None)
    if len(parts) != 3 or not all(p.isdecimal() and len(p) < 9 for p in parts):
        raise ArgumentTypeError(
            f"{text[:40]!r}: write count x width x height, e.g. 2x1024x1024:low."
        )
    if named is None:
        raise ArgumentTypeError(f"The detail is one of {', '.join(DETAILS)}.")
    count, width, height = map(int, parts)
    if (
        count > MAX_IMAGES
        or not 0 < width <= MAX_SIDE_PX
        or not 0 < height <= MAX_SIDE_PX
    ):
        raise ArgumentTypeError(
            f"{text[:40]!r}: up to {MAX_IMAGES:,} images of 1 to {MAX_SIDE_PX:,} "
            "pixels a side."
        )
    return Images(count, width, height, named)


def moment(text: str) -> datetime.datetime:
    """A moment in ISO 8601; without a time zone it is UTC. Raises ArgumentTypeError."""
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text[:40]!r} is no moment: write 2026-10-20T12:00Z."
        ) from error
    if at.year not in YEARS:
        raise ArgumentTypeError(f"{text[:40]!r} is not in the years 2000 to 2999.")
    return at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
