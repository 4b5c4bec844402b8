"""The comparison's form: which models, at which volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict

from recommender.forms.fields import AmountField, ReferencesField, WholeNumberField
from recommender.presets import DEFAULTS
from recommender.workload import TokenWorkload

MAX_REQUESTS: Final = 1_000_000_000_000
MAX_TOKENS: Final = 100_000_000
MAX_TEXT: Final = 300
VOLUME: Final = ("requests", "input_tokens", "output_tokens", "cache", "batch")
"""The calculator's own words, so that a link carries over."""


@dataclass(frozen=True)
class ComparisonRequest:
    """Everything a comparison's figures depend on."""

    references: tuple[str, ...]
    workload: TokenWorkload
    requests: int
    only_differences: bool = False


class ComparisonForm(forms.Form):
    """A volume that the address leaves out has its default. A wrong one gets a
    message, and the figures are those of the default."""

    m = ReferencesField(required=False)
    add = forms.CharField(required=False, max_length=MAX_TEXT)
    requests = WholeNumberField(label="Requests a month", most=MAX_REQUESTS)
    input_tokens = WholeNumberField(label="Input tokens each", most=MAX_TOKENS)
    output_tokens = WholeNumberField(label="Output tokens each", most=MAX_TOKENS)
    cache = AmountField(label="Cache hit, % of input", most=100, unit=" percent")
    batch = AmountField(label="Sent as batch, %", most=100, unit=" percent")
    differences = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict) -> None:
        full = data.copy()
        for name in VOLUME:
            if name not in full:
                full[name] = DEFAULTS[name]
        super().__init__(full, auto_id="compare-%s")
        self.is_valid()

    @property
    def volume_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in VOLUME]

    def to_request(self) -> ComparisonRequest:
        references = [*self.cleaned_data.get("m", ()), self.cleaned_data.get("add")]
        return ComparisonRequest(
            references=tuple(reference for reference in references if reference),
            workload=TokenWorkload(
                input_tokens=int(self.good("input_tokens")),
                output_tokens=int(self.good("output_tokens")),
                cache_hit_percent=Decimal(self.good("cache")),
                batch_percent=Decimal(self.good("batch")),
            ),
            requests=int(self.good("requests")),
            only_differences=bool(self.cleaned_data.get("differences")),
        )

    def good(self, name: str) -> Any:
        """The value typed, or the default where it is not usable."""
        value = self.cleaned_data.get(name)
        return DEFAULTS[name] if value is None else value


def query_of(
    request: ComparisonRequest, references: Sequence[str], *, toggle: bool = False
) -> str:
    """The shortest query string that shows `references` at the request's volume;
    `toggle` turns "only differences" over."""
    query = QueryDict(mutable=True)
    query.setlist("m", list(references))
    workload = request.workload
    volume: dict[str, int | Decimal] = {
        "requests": request.requests,
        "input_tokens": workload.input_tokens,
        "output_tokens": workload.output_tokens,
        "cache": workload.cache_hit_percent,
        "batch": workload.batch_percent,
    }
    for name, value in volume.items():
        if Decimal(value) != Decimal(DEFAULTS[name]):
            query[name] = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if request.only_differences != toggle:
        query["differences"] = "on"
    return query.urlencode(safe="/:")
