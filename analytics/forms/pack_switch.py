"""The form of a pack's difference: what to keep, what to allow, when to switch."""

import datetime
from typing import Any

from django import forms

from analytics.pack_projection import Workload
from registry.packs.document import KEY_LENGTH, MAX_FEATURES, NOTE_LENGTH

MAX_NUMBER = 2**31 - 1
MOST_ASSUMED = 10**9
ASSUMPTIONS = ("assume_requests", "assume_input", "assume_output")


class KeyList(forms.Field):
    """Keys of features, as often as they were sent."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[str, ...]:
        words = [str(one)[:KEY_LENGTH] for one in (value or [])[:MAX_FEATURES]]
        return tuple(dict.fromkeys(word.replace("\x00", "") for word in words))


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST_ASSUMED,
        error_messages={"invalid": "A whole number."},
    )


class PackSwitchForm(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)
    keep = KeyList(required=False)
    enable_models = forms.BooleanField(required=False)
    create_missing_features = forms.BooleanField(required=False)
    expected = forms.CharField(required=False, max_length=200)
    force_reason = forms.CharField(required=False, max_length=NOTE_LENGTH)
    note = forms.CharField(required=False, max_length=NOTE_LENGTH)
    assume_requests = _count("Requests a month")
    assume_input = _count("Input tokens each")
    assume_output = _count("Output tokens each")

    @property
    def assumptions(self) -> list[forms.BoundField]:
        return [self[name] for name in ASSUMPTIONS]

    def assumed(self) -> Workload | None:
        """The month of calls of a feature without use; None until all is said."""
        self.is_valid()
        requests, given, written = map(self.cleaned_data.get, ASSUMPTIONS)
        if requests is None or given is None or written is None or not requests:
            return None
        return Workload(requests, given, written)

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
