"""How alike two texts are, 0 to 1. Pure, and quick on long texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Final

MOST_PIECES: Final = 20_000
LONGEST_GRAM: Final = 6
BETA: Final = 2.0
"""Recall counts this many times as much as precision, as chrF does."""


def chrf(said: str, expected: str) -> float:
    """chrF (Popović 2015): F2 of character n-grams of length 1 to 6, the white space
    left out, averaged over the lengths that both texts have."""
    said, expected = "".join(said.split()), "".join(expected.split())
    said, expected = said[:MOST_PIECES], expected[:MOST_PIECES]
    longest = min(LONGEST_GRAM, len(said), len(expected))
    scores = [_f_score(said, expected, length) for length in range(1, longest + 1)]
    return sum(scores) / len(scores) if scores else float(said == expected)


def _f_score(said: str, expected: str, length: int) -> float:
    ours, theirs = _grams(said, length), _grams(expected, length)
    shared = (ours & theirs).total()
    if not shared:
        return 0.0
    precision, recall = shared / ours.total(), shared / theirs.total()
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def _grams(text: str, length: int) -> Counter[str]:
    return Counter(text[at : at + length] for at in range(len(text) - length + 1))


def rouge_l(said: Sequence[Hashable], expected: Sequence[Hashable]) -> float:
    """ROUGE-L: F1 of the longest common subsequence, of words or of characters."""
    said, expected = said[:MOST_PIECES], expected[:MOST_PIECES]
    if not said or not expected:
        return float(len(said) == len(expected))
    return 2 * common_length(said, expected) / (len(said) + len(expected))


def common_length(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Length of the longest common subsequence, by Hyyrö's way with the bits of whole
    numbers: a row of the table at a time."""
    places: dict[Hashable, int] = {}
    for at, piece in enumerate(one):
        places[piece] = places.get(piece, 0) | 1 << at
    full = (1 << len(one)) - 1
    row = full
    for piece in other:
        matches = row & places.get(piece, 0)
        row = ((row + matches) | (row - matches)) & full
    return len(one) - row.bit_count()
