"""How a person says how the model of a feature is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from registry.automatic_choice import (
    ASSIGNED,
    DEFAULTS,
    LISTED,
    MOST_MODELS,
    MOST_MS,
    MOST_TRIED_PERCENT,
    MOST_USD,
    POLICY_LABELS,
    POOLS,
    clean_choice,
    full_choice,
)
from registry.configuration.fields import FieldError
from registry.models import AIModel, Feature, Organization

OFF: Final = "off"
MODES: Final = [
    (OFF, "Off: the assigned model answers, its fallbacks if it fails"),
    *((str(policy), label) for policy, label in POLICY_LABELS.items()),
]
ACCURACY_LABELS: Final = [
    ("", "As the feature says"),
    ("basic", "Basic: right in half of the cases"),
    ("standard", "Standard: right in 70 %"),
    ("high", "High: right in 80 %"),
    ("critical", "Critical: right in 90 %"),
]
AMOUNTS: Final = ("max_request_usd", "tried_percent", "tried_extra_usd")
FLAGS: Final = ("keeps_conversations", "avoids_busy", "hurries")


class AutomaticChoiceForm(forms.Form):
    policy = forms.ChoiceField(
        choices=MODES, widget=forms.RadioSelect, label="How the model is chosen"
    )
    pool = forms.ChoiceField(
        choices=list(POOLS.items()), widget=forms.RadioSelect, label="Chosen among"
    )
    models = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Models"
    )
    accuracy = forms.ChoiceField(
        choices=ACCURACY_LABELS,
        required=False,
        label="Good enough",
        help_text="A request about health, law or money asks for high all the same.",
    )
    max_request_usd = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=MOST_USD,
        max_digits=12,
        decimal_places=6,
        label="Most a request may cost (US dollars)",
        help_text="Dearer models are left out. Empty: no limit.",
    )
    max_latency_ms = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_MS,
        label="Longest usual answer (milliseconds)",
        help_text="Models that take longer on average are left out. Empty: no limit.",
    )
    tried_percent = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=MOST_TRIED_PERCENT,
        max_digits=5,
        decimal_places=2,
        label="Requests that try little known models (%)",
        help_text="Up to 20 %. 0: nothing is tried out.",
    )
    tried_extra_usd = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=MOST_USD,
        max_digits=12,
        decimal_places=6,
        label="A try may cost more by (US dollars)",
        help_text="For each request that tries. 0: only cheaper models are tried.",
    )
    scarce_percent = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        label="Save money below this rest of a budget (%)",
        help_text="Below it the cheapest model that is good enough is taken. 0: never.",
    )
    keeps_conversations = forms.BooleanField(
        required=False,
        label="Stay with the model of a conversation while its cache pays",
    )
    avoids_busy = forms.BooleanField(
        required=False, label="Ask models near their rate limit after the others"
    )
    hurries = forms.BooleanField(
        required=False, label="In real time, take the fastest instead of the balanced"
    )
    expected_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = (self.initial or {}).get("models") or []
        references = enabled_references(organization)
        gone = [one for one in listed if one not in references]
        named = [(one, one) for one in references]
        self.fields["models"].choices = [  # type: ignore[attr-defined]  # not on Field
            *named,
            *((one, f"{one} (not enabled)") for one in gone),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and cleaned["policy"] != OFF:
            try:
                self._document = clean_choice(_said(cleaned))
            except FieldError as error:
                for path, text in error.wrong:
                    name = str(path[0]) if path else None
                    self.add_error(name if name in self.fields else None, text)
        return cleaned

    @property
    def document(self) -> dict[str, Any] | None:
        """Of a valid form; None where it is off."""
        return getattr(self, "_document", None)


def choice_initial(feature: Feature) -> dict[str, Any]:
    """A feature's rules as start values; the usual ones where it has none."""
    document: Mapping[str, Any] | None = full_choice(feature.automatic_choice)
    found = dict(document or {**DEFAULTS, "policy": OFF})
    return {**found, "expected_version": feature.version}


def enabled_references(organization: Organization) -> list[str]:
    rows = AIModel.objects.filter(
        settings__organization=organization, settings__is_enabled=True
    ).select_related("provider")
    return sorted(one.reference for one in rows)


def _said(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        name: cleaned[name]
        for name in DEFAULTS
        if name in cleaned and cleaned[name] not in (None, "")
    }
    for name in AMOUNTS:
        if name in said:
            said[name] = str(said[name])
    if said.get("pool", ASSIGNED) != LISTED:
        said.pop("models", None)
    elif len(said["models"]) > MOST_MODELS:
        raise FieldError((("models",), f"At most {MOST_MODELS} models."))
    return {**said, **{name: bool(cleaned.get(name)) for name in FLAGS}}
