"""The filters of the alerts, and how to keep some quiet."""

from __future__ import annotations

import datetime
import zoneinfo
from typing import Any, Final

from django import forms

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.queries.alerts import STATES, AlertFilter, Position

HOUR, TOMORROW, WEEK, UNTIL, EVER = "hour", "tomorrow", "week", "until", "ever"
DURATIONS: Final = (
    (HOUR, "For one hour"),
    (TOMORROW, "Until tomorrow 09:00"),
    (WEEK, "For a week"),
    (UNTIL, "Until a day"),
    (EVER, "For ever"),
)
SUBJECT, KIND = "subject", "kind"


class AlertFilterForm(forms.Form):
    """The state of the page: it stands whole in the address."""

    state = forms.ChoiceField(choices=[(one, one) for one in STATES], required=False)
    kind = forms.ChoiceField(choices=AlertKind.choices, required=False)
    severity = forms.ChoiceField(choices=AlertSeverity.choices, required=False)
    before = forms.CharField(required=False, max_length=80)

    def clean_before(self) -> Position | None:
        cursor = self.cleaned_data["before"]
        if not cursor:
            return None
        try:
            return Position.from_cursor(cursor)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("That page does not exist.") from error

    def chosen(self) -> AlertFilter:
        values = self.cleaned_data
        return AlertFilter(values["state"], values["kind"], values["severity"])

    def kept(self) -> dict[str, str]:
        """What of the address narrows the list."""
        return {
            name: value
            for name, value in self.data.items()
            if name in {"state", "kind", "severity"} and value
        }


class MuteForm(forms.Form):
    """What to keep quiet, how long and why."""

    scope = forms.ChoiceField(
        choices=[(SUBJECT, SUBJECT), (KIND, KIND)], initial=SUBJECT
    )
    duration = forms.ChoiceField(choices=DURATIONS, initial=TOMORROW)
    until = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Until"
    )
    reason = forms.CharField(
        required=False, max_length=300, label="Reason", help_text="For your colleagues."
    )

    def __init__(
        self, *args: Any, now: datetime.datetime, zone: zoneinfo.ZoneInfo, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone = now, zone

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("duration") != UNTIL or self.errors:
            return values
        day = values.get("until")
        if day is None:
            self.add_error("until", "Choose the day.")
        elif day <= self.now.astimezone(self.zone).date():
            self.add_error("until", "Choose a day after today.")
        elif day.year > self.now.year + 50:
            self.add_error("until", "Choose a day within the next 50 years.")
        return values

    def ends_at(self) -> datetime.datetime | None:
        """None: never."""
        duration, zone = self.cleaned_data["duration"], self.zone
        if duration == HOUR:
            return self.now + datetime.timedelta(hours=1)
        if duration == WEEK:
            return self.now + datetime.timedelta(weeks=1)
        if duration == TOMORROW:
            day = self.now.astimezone(zone).date() + datetime.timedelta(days=1)
            return datetime.datetime.combine(day, datetime.time(9), zone)
        if duration == UNTIL:
            day = self.cleaned_data["until"]
            return datetime.datetime.combine(day, datetime.time(), zone)
        return None
