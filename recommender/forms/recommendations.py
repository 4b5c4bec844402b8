"""What a person filters, decides and sets about recommendations."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django import forms

from recommender.models import (
    RecommendationKind,
    RecommendationLimits,
    RecommendationState,
)
from recommender.recommending.feature_use_case import BY_KEY
from recommender.scoring.weights import WeightError, Weights
from recommender.services.recommendations import LONGEST_REASON, SNOOZE_DAYS

STATES: Final = (*RecommendationState.choices, ("all", "All"))
EVIDENCE: Final = (("tested", "Not worse"), ("untested", "Needs a benchmark"))
PARTS: Final = ("suitability", "quality", "latency", "reliability", "cost")


class RecommendationFilterForm(forms.Form):
    state = forms.ChoiceField(choices=STATES, required=False)
    evidence = forms.ChoiceField(choices=EVIDENCE, required=False)
    kind = forms.ChoiceField(choices=RecommendationKind.choices, required=False)
    q = forms.CharField(max_length=200, required=False, strip=True)

    @property
    def chosen(self) -> dict[str, str]:
        """Of a valid form; the open ones where no state is asked for."""
        found = self.cleaned_data
        return {
            "state": found["state"] or RecommendationState.OPEN,
            "evidence": found["evidence"],
            "kind": found["kind"],
            "words": found["q"],
        }

    def address(self, **changed: str) -> str:
        """The query for the same with something changed, without what is empty."""
        kept = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return urlencode({k: v for k, v in (kept | changed).items() if v})


class SnoozeForm(forms.Form):
    days = forms.TypedChoiceField(
        choices=[(str(one), f"{one} days") for one in SNOOZE_DAYS],
        coerce=int,
        error_messages={"required": "Choose for how many days."},
    )


class DismissForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={"required": "Say why, so that others understand it later."},
    )


class WeightsForm(forms.Form):
    """The weights of one use case; `reset` takes those of ModelHub."""

    use_case = forms.ChoiceField(choices=[(key, key) for key in BY_KEY])
    reset = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PARTS:
            self.fields[name] = forms.FloatField(
                min_value=0, max_value=100, required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors or cleaned.get("reset"):
            return cleaned
        try:
            self.weights = Weights(**{name: cleaned[name] or 0.0 for name in PARTS})
        except WeightError as error:
            raise forms.ValidationError(str(error)) from error
        return cleaned


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = RecommendationLimits
        fields = (
            "margin_points",
            "least_success_percent",
            "least_quality",
            "least_saving_usd",
        )
