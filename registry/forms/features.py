"""Forms of the features pages."""

import re
import unicodedata
from typing import Any

from django import forms

from registry.capabilities import CAPABILITY_CHOICES
from registry.models import (
    AccuracyLevel,
    BudgetSensitivity,
    Feature,
    StreamGuarantee,
    Urgency,
)
from registry.queries.features import SORTS
from registry.services.features import DESCRIPTION_LENGTH, EDITABLE

MAX_CONTEXT = 2_000_000_000
LONGEST_TIMEOUT_S = 3600
USUAL_TIMEOUT_S = 120


class FeatureListForm(forms.Form):
    """State of the features page, all of it in the address."""

    q = forms.CharField(required=False, max_length=100, label="Filter features")
    sort = forms.ChoiceField(
        required=False, choices=list(SORTS.items()), label="Sort by"
    )
    view = forms.ChoiceField(
        required=False, choices=[("table", "Table"), ("cards", "Cards")]
    )
    state = forms.ChoiceField(
        required=False, choices=[("active", "In use"), ("archived", "Archived")]
    )

    def value(self, name: str, default: str) -> str:
        """The cleaned value, or `default` where it is empty or wrong."""
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        return cleaned.get(name) or default


class FeatureForm(forms.Form):
    """What a feature is and what it requires. Without a key to edit one."""

    name = forms.CharField(max_length=120)
    key = forms.CharField(
        required=False,
        max_length=80,
        help_text="What your product calls. It cannot change later. "
        "Left empty, it is made from the name.",
    )
    description = forms.CharField(
        required=False,
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    required_capabilities = forms.MultipleChoiceField(
        required=False,
        choices=[(word, label) for word, label in CAPABILITY_CHOICES],
        widget=forms.CheckboxSelectMultiple,
    )
    min_context_tokens = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_CONTEXT,
        label="Minimum context window (tokens)",
        help_text="Empty: any window will do.",
    )
    accuracy_level = forms.ChoiceField(
        choices=AccuracyLevel.choices, initial=AccuracyLevel.STANDARD
    )
    urgency = forms.ChoiceField(choices=Urgency.choices, initial=Urgency.INTERACTIVE)
    budget_sensitivity = forms.ChoiceField(
        choices=BudgetSensitivity.choices, initial=BudgetSensitivity.MEDIUM
    )
    stream_guarantee = forms.ChoiceField(
        required=False,
        choices=StreamGuarantee.choices,
        initial=StreamGuarantee.FIRST_TOKEN,
        label="When a stream breaks",
        help_text="What a client is promised if a provider fails in the middle of an "
        "answer. A single request can ask for something else.",
    )
    timeout_seconds = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_TIMEOUT_S,
        initial=USUAL_TIMEOUT_S,
        label="Time limit (seconds)",
        help_text="For the whole request, all attempts together.",
    )
    hedge_after_ms = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_TIMEOUT_S * 1000,
        label="Second model after (milliseconds)",
        help_text="If nothing came by then, the next model starts beside the first; "
        "whichever speaks first answers, and both are paid. Empty: never.",
    )

    def clean_stream_guarantee(self) -> str:
        return self.cleaned_data["stream_guarantee"] or StreamGuarantee.FIRST_TOKEN

    def clean_timeout_seconds(self) -> int:
        return self.cleaned_data["timeout_seconds"] or USUAL_TIMEOUT_S

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "key" in self.fields and cleaned.get("name") and not cleaned.get("key"):
            cleaned["key"] = suggest_key(cleaned["name"])
            if not cleaned["key"] and "key" not in self.errors:
                self.add_error("key", "No key can be made from this name: write one.")
        return cleaned


class FeatureEditForm(FeatureForm):
    """The same without the key, and with the version the person saw."""

    key = None  # type: ignore[assignment]  # Django's way to drop an inherited field
    expected_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False)

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned fields of the feature alone."""
        return {name: self.cleaned_data[name] for name in EDITABLE}


def feature_initial(feature: Feature) -> dict[str, Any]:
    """A feature as start values of the form."""
    facts = {name: getattr(feature, name) for name in EDITABLE}
    return {**facts, "expected_version": feature.version}


def suggest_key(name: str) -> str:
    """A key made from a name: “Photo tagging” → photo-tagging; empty where the name
    has no letter to begin with."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = "-".join(re.findall(r"[a-z0-9]+", plain.lower()))
    return re.sub(r"^[^a-z]+", "", words)[:80].strip("-")
