"""The form of a pack's difference: what to keep, what to allow, when to switch."""

import datetime
from typing import Any

from django import forms

from registry.packs.document import KEY_LENGTH, MAX_FEATURES, NOTE_LENGTH

MAX_NUMBER = 2**31 - 1


class KeyList(forms.Field):
    """Keys of features, as often as they were sent."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[str, ...]:
        words = [str(one)[:KEY_LENGTH] for one in (value or [])[:MAX_FEATURES]]
        return tuple(dict.fromkeys(word.replace("\x00", "") for word in words))


class PackSwitchForm(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)
    keep = KeyList(required=False)
    enable_models = forms.BooleanField(required=False)
    create_missing_features = forms.BooleanField(required=False)
    expected = forms.CharField(required=False, max_length=200)
    force_reason = forms.CharField(required=False, max_length=NOTE_LENGTH)
    note = forms.CharField(required=False, max_length=NOTE_LENGTH)

    def chosen(self) -> dict[str, Any]:
        """The cleaned values; what is wrong counts as not said."""
        self.is_valid()
        return {
            "version": self.cleaned_data.get("version"),
            "keep": self.cleaned_data.get("keep", ()),
            "enable_models": self.cleaned_data.get("enable_models", False),
            "create_missing_features": self.cleaned_data.get(
                "create_missing_features", False
            ),
            "expected": self.cleaned_data.get("expected", ""),
            "force_reason": self.cleaned_data.get("force_reason", ""),
            "note": self.cleaned_data.get("note", ""),
        }


class PackPlanForm(forms.Form):
    """When to switch: one of the two."""

    run_at = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Write a day and a time, as in 2026-11-30 22:00."},
    )
    budget_percent = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        error_messages={
            "invalid": "A whole number of percent.",
            "min_value": "Between 1 and 100 %%.",
            "max_value": "Between 1 and 100 %%.",
        },
    )

    def clean_run_at(self) -> datetime.datetime | None:
        at: datetime.datetime | None = self.cleaned_data["run_at"]
        if at is not None and at <= datetime.datetime.now(datetime.UTC):
            raise forms.ValidationError("This moment is past.")
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = [cleaned.get("run_at"), cleaned.get("budget_percent")]
        if not self.errors and sum(one is not None for one in given) != 1:
            message = "Say when: at a time, or when a share of the limits is spent."
            self.add_error(None, message)
        return cleaned
