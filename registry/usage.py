"""What one call used: the counts that a cost is computed from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from operator import attrgetter, is_
from typing import Final

from registry.price_units import Quantity

MAX_QUANTITY: Final = 10**15
MAX_DECIMALS: Final = 12
NOT_COUNTED: Final = frozenset({"requests", "is_batch"})
ENGINE_NAMES: Final = {
    "reasoning_tokens": "output_reasoning_tokens",
    "citation_tokens": "output_citation_tokens",
}
"""Fields that `genai-prices` calls something else. `generated_images` it lacks."""
PARTS: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "input_tokens": (
        ("cache_read_tokens", "cache_write_tokens"),
        ("input_image_tokens", "input_audio_tokens", "input_video_tokens"),
    ),
    "output_tokens": (
        ("reasoning_tokens", "citation_tokens"),
        ("output_image_tokens", "output_audio_tokens", "output_video_tokens"),
    ),
    "cache_write_tokens": (("cache_write_1h_tokens",),),
    "cache_read_tokens": (("cache_audio_read_tokens", "cache_image_read_tokens"),),
    "input_audio_tokens": (("cache_audio_read_tokens",),),
    "input_image_tokens": (("cache_image_read_tokens",),),
    "audio_seconds": (("input_audio_seconds",),),
    "input_document_pages": (("input_annotated_document_pages",),),
}
"""Each whole with the groups of parts that exclude one another."""
PART_NAMES: Final = frozenset(
    part for groups in PARTS.values() for group in groups for part in group
)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one call used. Raises ValueError on a quantity that is negative, not
    finite or absurd, and on parts that exceed their whole.

    `input_tokens` includes cached, image, audio and video tokens, `output_tokens`
    includes reasoning and citation tokens. `cache_write_1h_tokens` is the part of
    `cache_write_tokens` kept for an hour. `cache_audio_read_tokens` and
    `cache_image_read_tokens` say how many cached tokens are audio or image; None is
    "nobody said", which matters only to a price that tells them apart.
    `requests` is how often this same call happened: every other quantity is of one
    call, and the cost is that of all of them.
    """

    input_tokens: Quantity = 0
    output_tokens: Quantity = 0
    cache_read_tokens: Quantity = 0
    cache_write_tokens: Quantity = 0
    cache_write_1h_tokens: Quantity = 0
    reasoning_tokens: Quantity = 0
    citation_tokens: Quantity = 0
    input_image_tokens: Quantity = 0
    output_image_tokens: Quantity = 0
    cache_image_read_tokens: Quantity | None = None
    input_audio_tokens: Quantity = 0
    output_audio_tokens: Quantity = 0
    cache_audio_read_tokens: Quantity | None = None
    input_video_tokens: Quantity = 0
    output_video_tokens: Quantity = 0
    audio_seconds: Quantity = 0
    input_audio_seconds: Quantity = 0
    input_characters: Quantity = 0
    input_text_messages: Quantity = 0
    input_document_pages: Quantity = 0
    input_annotated_document_pages: Quantity = 0
    web_searches: Quantity = 0
    storage_searches: Quantity = 0
    generated_images: Quantity = 0
    requests: Quantity = 1
    is_batch: bool = False

    def __post_init__(self) -> None:
        counts = self.usual_counts()
        # By identity: 0.0 and True equal what is said where nothing is.
        if (
            counts is None
            or not all(map(is_, self._others(), NOTHING_ELSE))
            or not _is_sound(*counts)
        ):
            self._check()

    def _check(self) -> None:
        used = set()
        for name, value in vars(self).items():
            if (
                value is None
                or name == "is_batch"
                or (type(value) is int and not value)
            ):
                continue
            _check_quantity(name, value)
            used.add(name)
        if used.isdisjoint(PART_NAMES):
            return
        for whole, groups in PARTS.items():
            for group in groups:
                if not used.isdisjoint(group):
                    self._check_parts(whole, group)

    def _check_parts(self, whole: str, group: tuple[str, ...]) -> None:
        total = sum(getattr(self, part) or 0 for part in group)
        if total > getattr(self, whole):
            named = " and ".join(part for part in group if getattr(self, part))
            raise ValueError(
                f"{named} ({total}) cannot exceed {whole} ({getattr(self, whole)})."
            )

    def usual_counts(self) -> tuple[int, ...] | None:
        """The counts of `USUAL` where all are whole and nothing else is said."""
        counts = USUAL_OF(self)
        a, b, c, d, e, f = map(type, counts)
        if not (a is b is c is d is e is f is int):
            return None
        return counts if self._others() == NOTHING_ELSE else None

    def _others(self) -> tuple[object, ...]:
        return tuple(vars(self).values())[len(USUAL) :]

    def quantities(self) -> Iterator[tuple[str, Quantity]]:
        """What one call used and is not zero, by field name."""
        for name, value in vars(self).items():
            if value and name not in NOT_COUNTED:
                yield name, value

    def engine_counts(self) -> dict[str, Quantity]:
        """What was reported, in the words of `genai-prices`."""
        return {
            ENGINE_NAMES.get(name, name): value
            for name, value in vars(self).items()
            if (value or (value == 0 and name in JOINTS)) and name not in NOT_COUNTED
        }


USUAL: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "reasoning_tokens",
)
"""What nearly every call is: the first fields of `Usage`, in their order."""
NOTHING_ELSE: Final = tuple(one.default for one in fields(Usage))[len(USUAL) :]
USUAL_OF: Final[Callable[[Usage], tuple[int, ...]]] = attrgetter(*USUAL)
JOINTS: Final = frozenset({"cache_audio_read_tokens", "cache_image_read_tokens"})
"""Counts of which a reported zero says more than nothing at all."""


@cache
def reportable_counts() -> frozenset[str]:
    """Every count that a usage can name, in the words of `genai-prices`."""
    names = {field.name for field in fields(Usage)} - NOT_COUNTED
    return frozenset(ENGINE_NAMES.get(name, name) for name in names)


def _check_quantity(name: str, value: Quantity) -> None:
    if type(value) is int:
        if not 0 <= value <= MAX_QUANTITY:
            raise ValueError(_out_of_range(name))
        return
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(f"{name} must be a whole number or a finite Decimal.")
    if not 0 <= value <= MAX_QUANTITY:
        raise ValueError(_out_of_range(name))
    if int(value.as_tuple().exponent) < -MAX_DECIMALS:
        raise ValueError(f"{name} has more than {MAX_DECIMALS} decimals.")


def _out_of_range(name: str) -> str:
    return f"{name} must be between 0 and {MAX_QUANTITY:,}."


def _is_sound(
    input_tokens: int,
    output_tokens: int,
    cache_read: int,
    cache_write: int,
    cache_write_1h: int,
    reasoning: int,
) -> bool:
    """What `Usage` checks, for the usual counts, and quickly: a usage is made twice in
    every request."""
    return (
        0 <= cache_write_1h <= cache_write <= input_tokens <= MAX_QUANTITY
        and 0 <= cache_read <= input_tokens - cache_write
        and 0 <= reasoning <= output_tokens <= MAX_QUANTITY
    )
