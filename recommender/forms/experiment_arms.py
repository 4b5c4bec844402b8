"""The candidates of an experiment as a person fills them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from recommender.experiment_drafts import MOST_CANDIDATES, ArmDraft
from recommender.forms.fields import AmountField, WholeNumberField
from recommender.models import ExperimentArm
from recommender.queries.callable_models import Choice
from registry.models import AIModel, Organization, PromptVersion
from registry.parameters import (
    LABELS,
    PARAMETERS,
    ParameterError,
    clean_parameters,
)
from registry.queries.prompt_choices import PromptChoice, prompt_choices
from registry.queries.prompts import PromptNotFound, find_version

COUNT: Final = "arms"
"""The name under which a form says how many candidates it holds."""
MORE: Final = "more"
LESS: Final = "less"
RARE: Final = ("frequency_penalty", "presence_penalty", "stop")


class ArmForm(forms.Form):
    """One candidate. An empty one behind the first is left out."""

    model = forms.CharField(required=False, widget=forms.Select)
    name = forms.CharField(label="Name", required=False, max_length=120)
    share = AmountField(
        label="Share, %", most=100, decimals=2, required=False, initial="50"
    )
    prompt = forms.CharField(required=False, max_length=200, widget=forms.Select)
    temperature = forms.FloatField(label=LABELS["temperature"], required=False)
    max_tokens = WholeNumberField(
        label=LABELS["max_tokens"], most=100_000_000, least=1, required=False
    )
    top_p = forms.FloatField(label=LABELS["top_p"], required=False)
    frequency_penalty = forms.FloatField(
        label=LABELS["frequency_penalty"], required=False
    )
    presence_penalty = forms.FloatField(
        label=LABELS["presence_penalty"], required=False
    )
    stop = forms.CharField(
        label=LABELS["stop"],
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, up to four.",
    )

    def __init__(
        self,
        organization: Organization,
        models: Sequence[Choice],
        *,
        number: int,
        data: Any = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=f"arm{number}", initial=dict(initial or {}))
        self.organization, self.models, self.number = organization, models, number

    @property
    def letter(self) -> str:
        """What the candidate is called in words."""
        return "BCDEFGHI"[self.number]

    @property
    def is_left_out(self) -> bool:
        return self.number > 0 and not str(self["model"].value() or "").strip()

    @property
    def has_rare(self) -> bool:
        """Whether the fields that are folded away hold something."""
        return any(self[name].value() not in (None, "") for name in RARE)

    @property
    def prompt_choices(self) -> list[PromptChoice]:
        return prompt_choices(self.organization, str(self["prompt"].value() or ""))

    def clean_model(self) -> AIModel | None:
        key = str(self.cleaned_data["model"]).strip()
        if not key:
            if self.number:
                return None
            raise ValidationError("Choose a model.")
        found = {str(one.ai_model.pk): one.ai_model for one in self.models}
        if key not in found:
            raise ValidationError(
                "This model is not enabled here, or not there. Choose another one."
            )
        return found[key]

    def clean_prompt(self) -> PromptVersion | None:
        words = self.cleaned_data["prompt"].strip()
        if not words:
            return None
        try:
            return find_version(self.organization, words)
        except PromptNotFound as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        model = cleaned.get("model")
        values = {name: cleaned.get(name) for name in PARAMETERS}
        values["stop"] = [line for line in (values["stop"] or "").splitlines() if line]
        try:
            cleaned["parameters"] = clean_parameters(
                values, max_output_tokens=model.max_output_tokens if model else None
            )
        except ParameterError as error:
            for name, message in error.errors.items():
                self.add_error(name, message)
        return cleaned

    @property
    def draft(self) -> ArmDraft:
        """Of a valid form."""
        found = self.cleaned_data
        return ArmDraft(
            ai_model=found["model"],
            name=found["name"],
            parameters=found["parameters"],
            prompt_version=found["prompt"],
            share_percent=found["share"] or Decimal(0),
        )


def arm_initial(arm: ExperimentArm) -> dict[str, Any]:
    """A stored candidate as start values."""
    version = arm.prompt_version
    return {
        **arm.parameters,
        "stop": "\n".join(arm.parameters.get("stop", [])),
        "model": arm.ai_model_id or "",
        "name": "" if arm.name == arm.reference else arm.name,
        "share": f"{arm.share_percent.normalize():f}",
        "prompt": f"{version.prompt.name}@{version.number}" if version else "",
    }


def posted_count(data: Mapping[str, Any]) -> int:
    """How many candidates were sent: one at least, and no more than may be."""
    text = str(data.get(COUNT, "1"))
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 1
    return min(max(number, 1), MOST_CANDIDATES)


def posted_arms(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was typed of each candidate, not yet looked at; one more where that was
    asked for, without the one that was to go."""
    found = [
        {name: data.get(f"arm{number}-{name}", "") for name in ArmForm.base_fields}
        for number in range(posted_count(data))
    ]
    gone = str(data.get(LESS, ""))
    if gone.isascii() and gone.isdecimal() and 0 < int(gone) < len(found):
        del found[int(gone)]
    if MORE in data and len(found) < MOST_CANDIDATES:
        found.append({})
    return found
