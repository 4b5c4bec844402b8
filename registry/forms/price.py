"""The form for an organisation's own price of a model."""

import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from registry.rates import BATCH, Rates, RatesDocument, base_rate

DISCOUNT: Final = "discount"
EXACT: Final = "exact"
RATE_FIELDS: Final = {
    "input_usd": "input_mtok",
    "output_usd": "output_mtok",
    "cache_read_usd": "cache_read_mtok",
    "cache_write_usd": "cache_write_mtok",
}
BATCH_FIELDS: Final = {
    "batch_input_usd": "input_mtok",
    "batch_output_usd": "output_mtok",
}
SERVICE_FIELDS: Final = {"effective_from": "starts_on", "effective_to": "last_day"}
"""What a field of the form is called where the price is set."""
MAX_USD_PER_MILLION: Final = Decimal(1_000_000)


def _usd(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=MAX_USD_PER_MILLION,
        max_digits=17,
        decimal_places=10,
        localize=False,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal"}),
        error_messages={"invalid": "Write a number of dollars, such as 2.50."},
    )


def _day(label: str, help_text: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"class": "input", "type": "date"}
        ),
    )


class PriceForm(forms.Form):
    """A discount on the catalogue's price, or rates of its own, for a period of days
    in UTC. After validation `terms` are the arguments of the service."""

    kind = forms.ChoiceField(
        label="Kind",
        choices=[(DISCOUNT, "Discount"), (EXACT, "Exact rates")],
        widget=forms.RadioSelect,
    )
    discount_percent = forms.DecimalField(
        label="Discount",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "input", "inputmode": "decimal"}),
        help_text="Off every rate of the catalogue's price, also when that changes.",
        error_messages={"invalid": "Write a number of percent, such as 12.5."},
    )
    input_usd = _usd("Input")
    output_usd = _usd("Output")
    cache_read_usd = _usd("Cache read")
    cache_write_usd = _usd("Cache write")
    batch_input_usd = _usd("Batch input")
    batch_output_usd = _usd("Batch output")
    starts_on = _day("First day", "Empty: from now on.")
    last_day = _day("Last day", "Empty: until further notice.")
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"class": "textarea", "rows": 2}),
        help_text="For example the contract.",
    )

    def __init__(self, *args: Any, matched: dict[str, str] | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.matched = matched

    def clean_starts_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["starts_on"]
        if day and day < timezone.now().date():
            raise ValidationError(
                "A price cannot start in the past: what calls cost until now stays "
                "as it is."
            )
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == DISCOUNT:
            self._require("discount_percent", "Say how many percent.")
        elif cleaned.get("kind") == EXACT:
            given = any(cleaned.get(name) is not None for name in RATE_FIELDS)
            if not given and not any(name in self.errors for name in RATE_FIELDS):
                self.add_error("input_usd", "Give at least one rate.")
        first = cleaned.get("starts_on") or timezone.now().date()
        last = cleaned.get("last_day")
        if last and last < first:
            self.add_error("last_day", "The last day comes before the first.")
        return cleaned

    def _require(self, name: str, message: str) -> None:
        if name not in self.errors and self.cleaned_data.get(name) is None:
            self.add_error(name, message)

    @property
    def terms(self) -> dict[str, Any]:
        """Keyword arguments of `set_negotiated_price`."""
        cleaned = self.cleaned_data
        is_discount = cleaned["kind"] == DISCOUNT
        return {
            "discount_percent": cleaned["discount_percent"] if is_discount else None,
            "rates": None if is_discount else self._rates(),
            "effective_from": _start_of(cleaned["starts_on"]),
            "effective_to": _end_of(cleaned["last_day"]),
            "note": cleaned["note"],
        }

    def _rates(self) -> RatesDocument:
        document: RatesDocument = {"standard": self._given(RATE_FIELDS)}
        batch = self._given(BATCH_FIELDS)
        if batch:
            document["variants"] = [{"when": dict(BATCH), "prices": batch}]
        if self.matched:
            document["matched"] = self.matched
        return document

    def _given(self, names: dict[str, str]) -> dict[str, str]:
        values = {key: self.cleaned_data[name] for name, key in names.items()}
        return {key: f"{usd:f}" for key, usd in values.items() if usd is not None}

    def add_refusal(self, refusal: ValidationError) -> None:
        """Put what the service refused beside the field it is about."""
        if not hasattr(refusal, "error_dict"):
            self.add_error(None, refusal)
            return
        for name, errors in refusal.error_dict.items():
            field = SERVICE_FIELDS.get(name, name)
            self.add_error(field if field in self.fields else None, errors)


def price_initial(rates: Rates | None) -> dict[str, Any]:
    """Start values: the rates that hold now, so that a person sees all of them."""
    initial: dict[str, Any] = {"kind": DISCOUNT}
    if rates is None:
        return {"kind": EXACT}
    for name, key in RATE_FIELDS.items():
        initial[name] = _plain(base_rate(rates.document, key))
    for variant in rates.document.get("variants") or ():
        if variant["when"] == BATCH:
            for name, key in BATCH_FIELDS.items():
                rate = variant["prices"].get(key)
                initial[name] = _plain(
                    Decimal(rate["base"] if isinstance(rate, dict) else rate)
                    if rate is not None
                    else None
                )
    return initial


def _plain(rate: Decimal | None) -> str | None:
    if rate is None:
        return None
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _start_of(day: datetime.date | None) -> datetime.datetime | None:
    """Midnight in UTC; today is "now", for a price cannot start in the past."""
    if day is None or day <= timezone.now().date():
        return None
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def _end_of(day: datetime.date | None) -> datetime.datetime | None:
    """The end of the last day, which is the midnight after it."""
    if day is None:
        return None
    after = day + datetime.timedelta(days=1)
    return datetime.datetime.combine(after, datetime.time(), datetime.UTC)
