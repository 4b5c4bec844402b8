"""A question for models: the kind of work, a month of it, and what is hard."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from recommender.forms.fields import AmountField, WholeNumberField
from recommender.recommending.asked import Constraints, ExpectedUse
from recommender.recommending.feature_use_case import BY_KEY
from registry.capabilities import CAPABILITY_CHOICES
from registry.models import Provider

MOST: Final = 1_000_000_000


class AskForm(forms.Form):
    use_case = forms.ChoiceField(
        label="Kind of work",
        choices=[(one.key, one.label) for one in BY_KEY.values()],
        initial="chat",
    )
    budget = AmountField(label="Budget a month, $", most=MOST, required=False)
    requests = WholeNumberField(label="Requests a month", most=MOST, initial="10000")
    input_tokens = WholeNumberField(
        label="Input tokens each", most=10_000_000, initial="1000"
    )
    output_tokens = WholeNumberField(
        label="Output tokens each", most=10_000_000, initial="300"
    )
    cached = AmountField(
        label="Input read from a cache, %", most=100, required=False, initial="0"
    )
    least_quality = AmountField(
        label="Quality at least, of 100", most=100, required=False
    )
    most_latency = WholeNumberField(
        label="95 of 100 answers within, ms", most=3_600_000, required=False
    )
    min_context = WholeNumberField(
        label="Context window at least", most=100_000_000, required=False
    )
    capabilities = forms.MultipleChoiceField(choices=CAPABILITY_CHOICES, required=False)
    provider = forms.ModelChoiceField(
        queryset=Provider.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label="Any provider",
    )
    all = forms.BooleanField(label="Not enabled ones, too", required=False)

    @classmethod
    def of(cls, data: Any) -> AskForm:
        """Bound; what was not asked for has its usual value."""
        full = data.copy()
        for name, field in cls.base_fields.items():
            if field.initial is not None and name not in full:
                full[name] = field.initial
        return cls(full)

    @property
    def use(self) -> ExpectedUse:
        """Of a valid form."""
        found = self.cleaned_data
        return ExpectedUse(
            requests=found["requests"],
            input_tokens=found["input_tokens"],
            output_tokens=found["output_tokens"],
            cache_share=float(found["cached"] or 0) / 100,
        )

    @property
    def constraints(self) -> Constraints:
        found = self.cleaned_data
        quality, latency = found["least_quality"], found["most_latency"]
        provider = found["provider"]
        return Constraints(
            capabilities=tuple(found["capabilities"]),
            min_context_tokens=found["min_context"],
            providers=(provider.slug,) if provider else (),
            most_usd=found["budget"],
            most_latency_ms=None if latency is None else float(latency),
            least_quality=None if quality is None else float(quality),
            is_any_model=found["all"],
        )
