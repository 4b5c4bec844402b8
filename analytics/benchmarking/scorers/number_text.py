"""Numbers in what people and models write. Pure."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

LONGEST_SEARCHED: Final = 200_000
LONGEST_DIGITS: Final = 60

# Groups of three after commas, points, apostrophes or (narrow) spaces; or plain digits.
NUMBER: Final = re.compile(
    r"""(?<![A-Za-z_0-9.])                       # CO2 and v1.2 hold no number
    (?:(?<![\w)\]])-)?
    (?P<digits>
        \d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?      # 1,234,567.8
      | \d{1,3}(?:\.\d{3}){2,}(?!\d)(?:,\d+)?   # 1.234.567,8
      | \d{1,3}(?:\.\d{3})+,\d+                 # 1.234,8
      | \d{1,3}(?:['_ ]\d{3})+(?!\d)(?:[.,]\d+)?  # 1 234,8
      | \d+(?:[.,]\d+)?
      | [.]\d+
    )
    (?P<exponent>[eE][+-]?\d{1,3}(?!\d))?
    """,
    re.X,
)
ALIKE: Final = str.maketrans(
    {
        "−": "-",
        "﹣": "-",
        "－": "-",
        "٫": ".",
        "٬": ",",
        "’": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        # Marks of direction, which nobody sees.
        **dict.fromkeys("\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"),
    }
)


def numbers_in(text: str) -> list[Decimal]:
    """The numbers of `text` in order, of its end where it is very long. “1,234” is a
    thousand and more, “3,14” is three and a little; digits of any script count."""
    text = _plain(text[-LONGEST_SEARCHED:])
    found = []
    for match in NUMBER.finditer(text):
        if len(match["digits"]) <= LONGEST_DIGITS:
            sign = "-" if match[0].startswith("-") else ""
            found.append(
                Decimal(sign + _digits(match["digits"]) + (match["exponent"] or ""))
            )
    return found


def _plain(text: str) -> str:
    text = text.translate(ALIKE)
    return "".join(
        str(unicodedata.decimal(one)) if one > "\x7f" and one.isdecimal() else one
        for one in text
    )


def _digits(text: str) -> str:
    """`text` with a point for its decimals and nothing between thousands."""
    text = re.sub(r"['_ ]", "", text)
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        grouping, decimal = (",", ".") if point > comma else (".", ",")
        return text.replace(grouping, "").replace(decimal, ".")
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
        return text.replace(",", "")
    if text.count(".") > 1:
        return text.replace(".", "")
    return text.replace(",", ".")
