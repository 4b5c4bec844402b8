"""Writing amounts down without losing a digit."""

from decimal import Decimal


def exact_text(amount: Decimal) -> str:
    """Every digit of `amount`, in plain notation and without trailing zeros:
    0.0012500 → 0.00125, 1E+3 → 1000. Unlike `normalize` it never rounds."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
