"""The filters of the request log, read from its address."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Final

from django import forms
from django.utils import timezone

from analytics.queries.calls import NOT_OK, CallFilter, Position
from analytics.queries.measure_choices import SOURCES
from analytics.request_story import KINDS, OUTCOMES
from analytics.usage_row import LONGEST_TAG
from registry.models import (
    AIModel,
    ApiToken,
    Connection,
    Feature,
    Organization,
    Pack,
)

RANGES: Final = {
    "1h": ("1 h", datetime.timedelta(hours=1)),
    "24h": ("24 h", datetime.timedelta(days=1)),
    "7d": ("7 d", datetime.timedelta(days=7)),
    "30d": ("30 d", datetime.timedelta(days=30)),
}
OUTCOME_CHOICES: Final = (
    (NOT_OK, "Anything but answered"),
    *((outcome.value, text) for outcome, (text, _) in OUTCOMES.items()),
)
SOURCE_CHOICES: Final = [(one.value, text) for one, text in SOURCES.items()]
ERROR_CHOICES: Final = list(KINDS.items())
SEARCHED: Final = datetime.timedelta(days=30)
"""How far back is looked where no index helps and no range was given."""
FIRST_DAY: Final = datetime.date(2000, 1, 1)
LAST_DAY: Final = datetime.date(9998, 12, 31)
"""No call lies outside of these, and every zone has them."""


class RequestFilterForm(forms.Form):
    """The state of the page: it stands whole in the address."""

    feature = forms.ModelChoiceField(
        Feature.objects.none(), required=False, to_field_name="key"
    )
    model = forms.CharField(required=False, max_length=300)
    connection = forms.ModelChoiceField(Connection.objects.none(), required=False)
    token = forms.ModelChoiceField(ApiToken.objects.none(), required=False)
    outcome = forms.ChoiceField(choices=OUTCOME_CHOICES, required=False)
    source = forms.ChoiceField(choices=SOURCE_CHOICES, required=False)
    error = forms.ChoiceField(choices=ERROR_CHOICES, required=False)
    pack = forms.ModelChoiceField(
        Pack.objects.none(), required=False, to_field_name="slug"
    )
    tag = forms.CharField(required=False, max_length=2 * LONGEST_TAG + 1)
    range = forms.ChoiceField(
        choices=[(word, text) for word, (text, _) in RANGES.items()], required=False
    )
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    request = forms.UUIDField(required=False)
    before = forms.CharField(required=False, max_length=80)

    def __init__(self, data: Any, organization: Organization) -> None:
        super().__init__(data)
        self.organization = organization
        for name, model in (
            ("feature", Feature),
            ("connection", Connection),
            ("token", ApiToken),
            ("pack", Pack),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # for mypy
            field.queryset = model._default_manager.filter(organization=organization)

    def clean_model(self) -> AIModel | None:
        reference: str = self.cleaned_data["model"]
        if not reference:
            return None
        provider, _, name = reference.partition("/")
        found = (
            AIModel.objects.visible_to(self.organization)
            .filter(provider__slug=provider, model_name=name)
            .first()
        )
        if found is None:
            raise forms.ValidationError("There is no such model.")
        return found

    def clean_tag(self) -> dict[str, str]:
        text: str = self.cleaned_data["tag"]
        name, _, value = (part.strip() for part in text.partition("="))
        if not text:
            return {}
        if not (name and value):
            raise forms.ValidationError("Write a tag as name=value, as in team=search.")
        return {name: value}

    def clean_since(self) -> datetime.date | None:
        since: datetime.date | None = self.cleaned_data["since"]
        return min(max(since, FIRST_DAY), LAST_DAY) if since else None

    def clean_until(self) -> datetime.date | None:
        until: datetime.date | None = self.cleaned_data["until"]
        return max(min(until, LAST_DAY), FIRST_DAY) if until else None

    def clean_before(self) -> Position | None:
        cursor = self.cleaned_data["before"]
        if not cursor:
            return None
        try:
            return Position.from_cursor(cursor)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("That page does not exist.") from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        since, until = values.get("since"), values.get("until")
        if since and until and until < since:
            self.add_error("until", "The end comes before the start.")
        return values

    def chosen(self) -> CallFilter:
        values = self.cleaned_data
        request_id: uuid.UUID | None = values["request"]
        return CallFilter(
            feature_id=_id(values["feature"]),
            ai_model_id=_id(values["model"]),
            connection_id=_id(values["connection"]),
            token_id=_id(values["token"]),
            pack_version_ids=self._pack_version_ids(),
            request_id=request_id,
            outcome=values["outcome"],
            source=values["source"],
            error_kind=values["error"],
            tags=values["tag"],
            since=self._since(),
            until=_midnight(values["until"], 1),
        )

    def state(self) -> dict[str, str]:
        """What of the address narrows the log."""
        return {
            name: value
            for name, value in self.data.items()
            if name in self.fields and name != "before" and value
        }

    @property
    def is_cut(self) -> bool:
        """Only the last days are searched, since nobody said how many."""
        values = self.cleaned_data
        given = ("range", "since", "until", "request")
        return any(values[name] for name in ("source", "pack", "tag")) and not any(
            values[name] for name in given
        )

    def _pack_version_ids(self) -> list[int] | None:
        pack: Pack | None = self.cleaned_data["pack"]
        return list(pack.versions.values_list("pk", flat=True)) if pack else None

    def _since(self) -> datetime.datetime | None:
        word, day = self.cleaned_data["range"], self.cleaned_data["since"]
        if self.is_cut:
            return timezone.now() - SEARCHED
        return timezone.now() - RANGES[word][1] if word else _midnight(day)


def _id(row: Any) -> int | None:  # any model row
    return row.pk if row else None


def _midnight(
    day: datetime.date | None, plus_days: int = 0
) -> datetime.datetime | None:
    """Of the zone that the page shows its times in."""
    if day is None:
        return None
    zone = timezone.get_current_timezone()
    start = datetime.datetime.combine(day, datetime.time(), zone)
    return start + datetime.timedelta(days=plus_days)
