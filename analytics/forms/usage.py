"""The state of the analytics page, read from its address."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.http import QueryDict

from analytics.asked import SPLITS, Asked
from analytics.periods import (
    MOST_DAYS,
    ONE_DAY,
    Comparison,
    Period,
    Range,
    compared_with,
    period_of,
    whole_days,
)
from analytics.queries.measure_choices import Choice, named_choices
from analytics.questions import Dimension, Key, Step
from registry.models import Organization
from registry.time_zones import validate_time_zone

RANGES: Final = {
    Range.TODAY: "Today",
    Range.WEEK: "7 d",
    Range.MONTH: "30 d",
    Range.QUARTER: "90 d",
    Range.THIS_MONTH: "This month",
    Range.LAST_MONTH: "Last month",
    Range.CUSTOM: "Custom",
}
COMPARISONS: Final = {
    Comparison.PREVIOUS: "the period before",
    Comparison.MONTH: "a month before",
    Comparison.YEAR: "a year before",
    Comparison.NONE: "nothing",
}
STEPS: Final = {
    "auto": "Automatic",
    Step.HOUR: "By hour",
    Step.DAY: "By day",
    Step.WEEK: "By week",
    Step.MONTH: "By month",
}
UNSPLIT: Final = "none"
EARLIEST: Final = datetime.date(2000, 1, 1)
MOST_VALUES: Final = 50
LONGEST_VALUE: Final = 300
LONGEST_TAG_NAME: Final = 100


class WordsField(forms.MultipleChoiceField):
    """Words that may be repeated in the address; empty ones say nothing."""

    def __init__(
        self, choices: Any = None, unknown: str = "That names nothing."
    ) -> None:
        super().__init__(choices=choices or (), required=False)
        self.is_open = choices is None
        self.error_messages["invalid_choice"] = unknown

    def to_python(self, value: Any) -> list[str]:
        words = [word.replace("\x00", "") for word in super().to_python(value)]
        return list(dict.fromkeys(word for word in words if word))[:MOST_VALUES]

    def valid_value(self, value: Any) -> bool:
        return len(value) <= LONGEST_VALUE and (
            self.is_open or super().valid_value(value)
        )


class UsageForm(forms.Form):
    """What is wrong in the address is said beside its field, and the rest is shown."""

    range = forms.ChoiceField(
        choices=list(RANGES.items()),
        required=False,
        error_messages={"invalid_choice": "There is no range “%(value)s”."},
    )
    since = forms.DateField(
        required=False,
        error_messages={"invalid": "Write the first day as in 2026-10-01."},
    )
    until = forms.DateField(
        required=False,
        error_messages={"invalid": "Write the last day as in 2026-10-31."},
    )
    tz = forms.CharField(required=False, max_length=60, validators=[validate_time_zone])
    compare = forms.ChoiceField(
        choices=list(COMPARISONS.items()),
        required=False,
        error_messages={
            "invalid_choice": "Compare with previous, month, year or none."
        },
    )
    step = forms.ChoiceField(
        choices=list(STEPS.items()),
        required=False,
        error_messages={"invalid_choice": "Steps are hour, day, week, month or auto."},
    )
    split = WordsField(
        [(one.value, name) for one, name in SPLITS.items()] + [(UNSPLIT, "Not split")],
        "Usage cannot be split by “%(value)s”.",
    )
    tag_name = forms.CharField(required=False, max_length=LONGEST_TAG_NAME)
    sort = forms.CharField(required=False, max_length=20)

    def __init__(
        self, data: QueryDict, organization: Organization, now: datetime.datetime
    ) -> None:
        super().__init__(data)
        self.address = data
        self.organization = organization
        self.now = now
        self.choices: dict[Dimension, list[Choice]] = {}
        for dimension in SPLITS:
            self.fields[dimension.value] = WordsField()

    def clean_split(self) -> list[str]:
        words: list[str] = self.cleaned_data["split"]
        if len(words) > 2:
            raise forms.ValidationError("Split by two at most.")
        return words

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for dimension, name in SPLITS.items():
            self._find(dimension, name, values.get(dimension.value) or [])
        if not values.get("tag_name") and (
            Dimension.TAG.value in values.get("split", ()) or values.get("tag")
        ):
            self.add_error("tag_name", "Say which tag, as in team.")
        self._check_days(values)
        return values

    @cached_property
    def asked(self) -> Asked:
        """The state, with what is usual for all that is missing or wrong."""
        self.is_valid()
        values = self.cleaned_data
        zone = zoneinfo.ZoneInfo(values.get("tz") or self.organization.time_zone)
        range_, period = self._period(zone)
        comparison = Comparison(values.get("compare") or Comparison.PREVIOUS)
        step = values.get("step")
        return Asked(
            organization_id=self.organization.pk,
            now=self.now,
            zone=zone,
            range=range_,
            period=period,
            comparison=comparison,
            compared=compared_with(period, range_, comparison, self.now),
            wished_step=Step(step) if step and step != "auto" else None,
            split=self._split(),
            only=self._only(),
            tag_name=values.get("tag_name", ""),
        )

    def query(self, **changes: str | list[str]) -> str:
        """The address of this state with `changes`; an empty text takes away."""
        kept = {
            name: [value for value in self.address.getlist(name) if value]
            for name in self.fields
        }
        changed = {
            name: [value] if isinstance(value, str) else value
            for name, value in changes.items()
        }
        state = {
            name: values for name, values in {**kept, **changed}.items() if any(values)
        }
        return urlencode(state, doseq=True)

    def pairs(self, *, without: set[str]) -> list[tuple[str, str]]:
        """The state as hidden fields of a form that has the others itself."""
        return [
            (name, value)
            for name, value in parse_qsl(self.query())
            if name not in without
        ]

    def _find(self, dimension: Dimension, name: str, words: list[str]) -> None:
        if not words:
            return
        found = named_choices(self.organization, dimension, words)
        self.choices[dimension] = found
        missing = [word for word in words if word not in {one.word for one in found}]
        if missing:
            text = f"There is no {name.lower()} “{missing[0][:80]}” here."
            self.add_error(dimension.value, f"{text} It is left out.")

    def _only(self) -> Mapping[Dimension, frozenset[Key]]:
        return {
            dimension: frozenset(one.key for one in found)
            for dimension, found in self.choices.items()
            if found and (dimension is not Dimension.TAG or self._has_tag_name)
        }

    def _split(self) -> tuple[Dimension, ...]:
        words = self.cleaned_data.get("split") or [Dimension.MODEL.value]
        return tuple(
            Dimension(word)
            for word in words
            if word != UNSPLIT and (word != Dimension.TAG.value or self._has_tag_name)
        )

    @property
    def _has_tag_name(self) -> bool:
        return bool(self.cleaned_data.get("tag_name"))

    def _check_days(self, values: dict[str, Any]) -> None:
        since, until = values.get("since"), values.get("until")
        today = self.now.astimezone(datetime.UTC).date()
        if values.get("range") == Range.CUSTOM and not (since or until):
            if not {"since", "until"} & self.errors.keys():
                self.add_error("since", "Say from which day.")
        elif since and until and until < since:
            self.add_error("until", "The last day comes before the first.")
        elif since and since < EARLIEST:
            self.add_error("since", "There is no usage from before the year 2000.")
        elif since and since > today + ONE_DAY:
            self.add_error("since", "That day has not come yet.")
        elif since and ((until or today) - since).days >= MOST_DAYS:
            self.add_error("since", "Ask for five years at most.")
        elif until and until < EARLIEST + 30 * ONE_DAY:
            self.add_error("until", "There is no usage from before the year 2000.")
        elif until and not since and until > today + ONE_DAY:
            self.add_error("until", "Say the first day too.")

    def _period(self, zone: zoneinfo.ZoneInfo) -> tuple[Range, Period]:
        values = self.cleaned_data
        since, until = values.get("since"), values.get("until")
        chosen = Range(values.get("range") or (Range.CUSTOM if since else Range.MONTH))
        if chosen is not Range.CUSTOM:
            return chosen, period_of(chosen, self.now, zone)
        today = self.now.astimezone(zone).date()
        last: datetime.date = until or max(today, since or today)
        if {"since", "until"} & self.errors.keys() or not (since or until):
            return Range.MONTH, period_of(Range.MONTH, self.now, zone)
        return Range.CUSTOM, whole_days(since or last - 29 * ONE_DAY, last, zone)
