"""Finds the letter that a model chose in what it wrote. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

LONGEST_SEARCHED: Final = 50_000
MARKS: Final = r"[\s*_`\"'“”‘’()\[\]{}$:.]"
ARTICLE: Final = r"(?!(?<=[AI])\s+(?!(?:or|and|nor|but|is|was|as|since)\b)[a-z])"
HIDDEN: Final = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\ufeff"))


def chosen_letter(text: str, letters: str, options: Sequence[str] = ()) -> str:
    """The one of `letters` (capitals) that `text` chooses, or nothing where that is not
    clear. What is said last counts. `options` are the texts behind the letters."""
    text = unicodedata.normalize("NFKC", text[-LONGEST_SEARCHED:]).translate(HIDDEN)
    ways = _ways(letters)
    bare = ways["bare"].fullmatch(text.strip())
    if bare:
        return bare["letter"].upper()
    for way in ("declared", "boxed", "leading"):
        found = ways[way].findall(text)
        if found:
            return str(found[-1]).upper()
    return (
        _only(ways["marked"].findall(text))
        or _by_option(text, letters, options)
        or (_only(ways["alone"].findall(text)))
    )


@lru_cache(maxsize=32)
def _ways(letters: str) -> dict[str, re.Pattern[str]]:
    capital = f"[{re.escape(letters)}]"
    either = f"[{re.escape(letters + letters.lower())}]"
    edge = r"(?![\w'’-])"
    return {
        # B, (b), **B.**, $B$
        "bare": re.compile(f"{MARKS}*(?P<letter>{either}){MARKS}*"),
        # The answer is (B). Answer: **B**. I choose option B
        "declared": re.compile(
            r"\b(?i:answer|choice|option|choose|pick|select|correct)"
            rf"(?:{MARKS}|=|-|(?i:\b(?:is|be|one|the|correct|right|best|answer|option"
            r"|choice|letter|would|must|should|final|therefore|thus)\b)){1,60}?"
            rf"(?<![A-Za-z])({capital}){edge}(?!\s+[a-z]+\s+(?i:answer|option|choice))"
        ),
        "boxed": re.compile(rf"\\boxed\s*\{{(?:\\text\s*\{{)?\W*({either})\W*\}}"),
        # B) because …, at the very beginning
        "leading": re.compile(rf"\A\W*({capital})(?:\s*[).:\]]|\s*\n|\s+[-–—]\s)"),
        "marked": re.compile(
            rf"(?:\(|\[|\*\*|`)\s*({capital})\s*(?:\)|\]|\*\*|`|[.:]\*\*)"
        ),
        # A alone is an article where a small word follows.
        "alone": re.compile(rf"(?<![\w'’-])({capital}){edge}{ARTICLE}"),
    }


def _only(found: Sequence[str]) -> str:
    return found[0] if len(set(found)) == 1 else ""


def _by_option(text: str, letters: str, options: Sequence[str]) -> str:
    """The letter of the only option whose text stands in `text`."""
    said = " ".join(text.casefold().split())
    named = [
        letter
        for letter, option in zip(letters, options, strict=False)
        if re.search(
            rf"(?<!\w){re.escape(' '.join(option.casefold().split()))}(?!\w)", said
        )
    ]
    return _only(named)
