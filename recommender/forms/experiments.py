"""What a person wants of an experiment, and of the list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError

from recommender.experiment_drafts import ArmDraft, ExperimentDraft
from recommender.experimenting.stop_rules import Caps, cap_problems
from recommender.forms.fields import AmountField, WholeNumberField
from recommender.models import Experiment, ExperimentKind, ExperimentUnit

MOST: Final = 1_000_000_000
STATES: Final = (
    ("", "All states"),
    ("draft", "Drafts"),
    ("live", "Running or paused"),
    ("over", "Finished"),
)


class ExperimentFilterForm(forms.Form):
    state = forms.ChoiceField(choices=STATES, required=False)
    q = forms.CharField(max_length=200, required=False, strip=True)
    feature = forms.CharField(max_length=200, required=False)

    def address(self, **changed: str) -> str:
        """The query for the same with something changed, without what is empty."""
        kept = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return urlencode({k: v for k, v in (kept | changed).items() if v})


class StartingForm(forms.Form):
    """What a link to a new experiment says beforehand."""

    feature = forms.CharField(max_length=200, required=False)
    model = forms.CharField(max_length=20, required=False)
    kind = forms.ChoiceField(choices=ExperimentKind.choices, required=False)


class VersionForm(forms.Form):
    """The version that the person saw, and why they change it."""

    version = forms.IntegerField(required=False, min_value=1, max_value=2_000_000_000)
    arm = forms.CharField(max_length=20, required=False)


class ExperimentForm(forms.Form):
    feature = forms.ChoiceField(label="Feature")
    name = forms.CharField(label="Name", max_length=120)
    hypothesis = forms.CharField(
        label="What do you want to know?",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    kind = forms.ChoiceField(
        choices=ExperimentKind.choices, initial=ExperimentKind.CANARY
    )
    unit = forms.ChoiceField(
        label="Who stays in one arm",
        choices=ExperimentUnit.choices,
        initial=ExperimentUnit.USER,
    )
    control_share = AmountField(
        label="Share of the control, %",
        most=100,
        decimals=2,
        initial="50",
        required=False,
    )
    steps = forms.CharField(
        label="Steps, percent of the candidate",
        max_length=100,
        initial="5, 25, 50, 100",
        required=False,
    )
    min_requests_per_step = WholeNumberField(
        label="Requests at least", most=MOST, least=1, initial="200"
    )
    min_hours_per_step = AmountField(
        label="Hours at least", most=8760, decimals=2, initial="1"
    )
    max_success_drop_points = AmountField(
        label="Success may fall by, points", most=100, decimals=3, initial="2"
    )
    max_p95_rise_percent = AmountField(
        label="p95 may rise by, %", most=10_000, decimals=2, initial="25"
    )
    max_thumbs_down_rise_points = AmountField(
        label="Thumbs down may rise by, points", most=100, decimals=3, initial="5"
    )
    cost_cap_usd = AmountField(
        label="Cost at most, $", most=MOST, decimals=6, required=False
    )
    max_days = WholeNumberField(
        label="Days at most", most=3650, least=1, required=False
    )
    max_requests = WholeNumberField(
        label="Requests at most", most=MOST, least=1, required=False
    )
    promote_by_itself = forms.BooleanField(
        label="Promote the candidate by itself when all steps held", required=False
    )

    def __init__(
        self, features: Sequence[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["feature"]
        field.choices = [("", "Choose a feature…"), *features]  # type: ignore[attr-defined]  # a ChoiceField
        field.error_messages["invalid_choice"] = "There is no such feature."
        field.error_messages["required"] = "Choose a feature."
        self.fields["name"].error_messages["required"] = "Give it a name."

    def clean_steps(self) -> tuple[int, ...]:
        words = self.cleaned_data["steps"].replace("%", " ").replace(",", " ").split()
        if any(not (one.isascii() and one.isdecimal()) for one in words):
            raise ValidationError("Write whole percents, as in 5, 25, 50, 100.")
        return tuple(int(one[:6]) for one in words)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            self._fit_caps(cleaned)
        return cleaned

    def _fit_caps(self, cleaned: Mapping[str, Any]) -> None:
        """Caps that leave no room for the steps are said at their field."""
        is_canary = cleaned["kind"] == ExperimentKind.CANARY
        cost = cleaned["cost_cap_usd"]
        for name, caps in (
            ("cost_cap_usd", Caps(cost_usd=None if cost is None else float(cost))),
            ("max_days", Caps(days=cleaned["max_days"])),
            ("max_requests", Caps(requests=cleaned["max_requests"])),
        ):
            for problem in cap_problems(
                caps,
                min_requests=cleaned["min_requests_per_step"],
                min_hours=float(cleaned["min_hours_per_step"]),
                steps=max(1, len(cleaned["steps"])) if is_canary else 1,
            ):
                self.add_error(name, problem)

    def draft(self, candidates: Sequence[ArmDraft]) -> ExperimentDraft:
        """Of a valid form."""
        found = self.cleaned_data
        return ExperimentDraft(
            name=found["name"],
            hypothesis=found["hypothesis"],
            kind=found["kind"],
            unit=found["unit"],
            candidates=candidates,
            control_share_percent=found["control_share"] or Decimal(0),
            steps=found["steps"],
            min_requests_per_step=found["min_requests_per_step"],
            min_hours_per_step=float(found["min_hours_per_step"]),
            max_success_drop_points=float(found["max_success_drop_points"]),
            max_p95_rise_percent=float(found["max_p95_rise_percent"]),
            max_thumbs_down_rise_points=float(found["max_thumbs_down_rise_points"]),
            cost_cap_usd=found["cost_cap_usd"],
            max_days=found["max_days"],
            max_requests=found["max_requests"],
            promote_by_itself=found["promote_by_itself"],
        )


KEPT: Final = (
    "name",
    "hypothesis",
    "kind",
    "unit",
    "min_requests_per_step",
    "min_hours_per_step",
    "max_success_drop_points",
    "max_p95_rise_percent",
    "max_thumbs_down_rise_points",
    "max_days",
    "max_requests",
    "promote_by_itself",
)
FIELD_OF: Final = {"slug": "name", "shares": "control_share"}
"""Where the service's names of what is wrong differ from the form's."""


def experiment_initial(one: Experiment) -> dict[str, Any]:
    """A stored draft as start values."""
    kept = {name: _plain(getattr(one, name)) for name in KEPT}
    control = next((arm for arm in one.arms.all() if arm.is_control), None)
    share = control.share_percent if control and not one.is_canary else Decimal(50)
    cap = one.cost_cap_usd
    return kept | {
        "feature": one.feature.key,
        "control_share": _plain(share),
        "steps": ", ".join(map(str, one.steps)) or "5, 25, 50, 100",
        "cost_cap_usd": "" if cap is None else _plain(cap),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return f"{value:g}" if isinstance(value, float) else value
