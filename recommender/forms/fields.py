"""Fields for numbers as people type them, with plain messages."""

import re
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

SEPARATORS: Final = re.compile(r"(?<=[0-9])[ ,_\u00a0\u202f](?=[0-9]{3}(?![0-9]))")
WHOLE: Final = re.compile(r"[0-9]{1,15}")
DECIMAL: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,12})?|\.[0-9]{1,12}")


class WholeNumberField(forms.CharField):
    """A whole number from `least` to `most`; 1,000 and 1 000 are read as 1000.
    Signs, exponents and words are refused, not guessed at."""

    def __init__(self, *, most: int, least: int = 0, **options: Any) -> None:
        super().__init__(strip=True, **options)
        self.least, self.most = least, most
        self.message = f"Write a whole number from {least:,} to {most:,}."
        self.error_messages["required"] = self.message

    def clean(self, value: Any) -> int | None:
        text = ungrouped(super().clean(value))
        if not text:
            return None
        if not WHOLE.fullmatch(text) or not self.least <= int(text) <= self.most:
            raise ValidationError(self.message)
        return int(text)


class AmountField(forms.CharField):
    """A decimal number from 0 to `most`."""

    def __init__(
        self, *, most: int, decimals: int = 12, unit: str = "", **options: Any
    ) -> None:
        super().__init__(strip=True, **options)
        self.most, self.decimals = Decimal(most), decimals
        self.message = f"Write a number from 0 to {self.most:,}{unit}, as in 12.5."
        self.error_messages["required"] = self.message

    def clean(self, value: Any) -> Decimal | None:
        text = ungrouped(super().clean(value))
        if not text:
            return None
        if not DECIMAL.fullmatch(text) or Decimal(text) > self.most:
            raise ValidationError(self.message)
        if len(text.partition(".")[2]) > self.decimals:
            raise ValidationError(f"At most {self.decimals} decimals.")
        return Decimal(text)


class ReferencesField(forms.Field):
    """All values given for one name, without the blank ones."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        return [text.strip() for text in value or () if text.strip()]


def ungrouped(text: str) -> str:
    """`text` without the separators between its thousands: 1,000 → 1000."""
    return SEPARATORS.sub("", text)
