"""What a person asks of the optimal mix."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlencode

from django import forms

from recommender.forms.fields import AmountField, WholeNumberField
from recommender.mix.problem import Goal, Limits
from recommender.queries.mix_problem import MixAsked
from registry.models import Provider

GOALS: Final = (
    (Goal.CHEAPEST.value, "Least cost"),
    (Goal.BEST.value, "Most quality"),
)
PROVIDER_LIMIT: Final = re.compile(
    r"([a-z0-9][a-z0-9._-]*)\s*=\s*\$?([0-9]+(?:\.[0-9]+)?)"
)
MOST: Final = 1_000_000_000


class MixForm(forms.Form):
    goal = forms.ChoiceField(choices=GOALS, initial=Goal.CHEAPEST.value)
    budget = AmountField(
        label="Budget a month, $", most=MOST, required=False, help_text="Empty: any."
    )
    loss = AmountField(
        label="Quality to lose, points",
        most=100,
        required=False,
        initial="5",
        help_text="Of each feature, against its model now. Empty: any.",
    )
    floor = AmountField(
        label="Quality at least, of 100",
        most=100,
        required=False,
        help_text="Of every feature.",
    )
    latency = WholeNumberField(
        label="95 of 100 answers within, ms",
        most=3_600_000,
        required=False,
        help_text="Unmeasured models fall out then.",
    )
    changes = WholeNumberField(label="Changes at most", most=2_000, required=False)
    providers = WholeNumberField(
        label="Providers at most", most=200, least=1, required=False
    )
    provider_limits = forms.CharField(
        label="Limits of providers",
        max_length=400,
        required=False,
        strip=True,
        help_text="Dollars a month: openai=100, google=0 (none at all).",
    )
    least_saving = AmountField(
        label="A change saves at least, $",
        most=MOST,
        required=False,
        help_text="Only for least cost.",
    )
    tested = forms.BooleanField(
        label="Only what benchmarks show to be no worse", required=False
    )

    @classmethod
    def of(cls, data: Any) -> MixForm:
        """Bound. Nothing asked: the usual values; something asked: what is there."""
        if not data:
            return cls(
                {
                    name: field.initial
                    for name, field in cls.base_fields.items()
                    if field.initial is not None
                }
            )
        full = data.copy()
        if not full.get("goal"):
            full["goal"] = Goal.CHEAPEST.value
        return cls(full)

    def clean_provider_limits(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for part in re.split(r"[,;\n]+", self.cleaned_data["provider_limits"]):
            if not part.strip():
                continue
            said = PROVIDER_LIMIT.fullmatch(part.strip().lower())
            if said is None:
                raise forms.ValidationError(
                    f"Write “provider=dollars”, not “{part.strip()[:60]}”."
                )
            found[said[1]] = float(said[2])
        known = Provider.objects.filter(slug__in=found).values_list("slug", flat=True)
        unknown = sorted(set(found) - set(known))
        if unknown:
            raise forms.ValidationError(f"There is no provider “{unknown[0]}”.")
        return found

    @property
    def asked(self) -> MixAsked:
        """Of a valid form."""
        found = self.cleaned_data
        return MixAsked(
            goal=Goal(found["goal"]),
            limits=Limits(
                budget_usd=_number(found["budget"]),
                max_changes=found["changes"],
                max_providers=found["providers"],
                provider_usd=found["provider_limits"],
                least_saving_usd=_number(found["least_saving"]) or 0.0,
            ),
            least_quality=_number(found["floor"]),
            most_loss=_number(found["loss"]),
            most_latency_ms=_number(found["latency"]),
            is_tested=found["tested"],
        )

    def address(self, **changed: str) -> str:
        """The query for the same with something changed."""
        kept = {name: str(self.data.get(name) or "") for name in self.fields}
        full = kept | changed
        # An empty loss says "any"; left out it would mean the usual one.
        return urlencode({k: v for k, v in full.items() if v or k == "loss"})


class SlideForm(forms.Form):
    """A place along the frontier, counted from the cheapest mix."""

    at = forms.IntegerField(min_value=0, max_value=1_000, required=False)

    @property
    def at_place(self) -> int | None:
        """None where nothing, or nothing that makes sense, was asked for."""
        if not self.is_valid():
            return None
        found: int | None = self.cleaned_data["at"]
        return found


class MixPackForm(forms.Form):
    name = forms.CharField(max_length=120, strip=True)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
