"""The filters of the request log, read from its address."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, Final

from django import forms
from django.utils import timezone

from analytics.queries.calls import NOT_OK, CallFilter, Position
from analytics.request_story import OUTCOMES
from registry.models import AIModel, ApiToken, Connection, Feature, Organization

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
LAST_DAY: Final = datetime.date(9998, 12, 31)


class RequestFilterForm(forms.Form):
    """The state of the page: it stands whole in the address."""

    feature = forms.ModelChoiceField(
        Feature.objects.none(), required=False, to_field_name="key"
    )
    model = forms.CharField(required=False, max_length=300)
    connection = forms.ModelChoiceField(Connection.objects.none(), required=False)
    token = forms.ModelChoiceField(ApiToken.objects.none(), required=False)
    outcome = forms.ChoiceField(choices=OUTCOME_CHOICES, required=False)
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

    def clean_until(self) -> datetime.date | None:
        until: datetime.date | None = self.cleaned_data["until"]
        return min(until, LAST_DAY) if until else None

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
            request_id=request_id,
            outcome=values["outcome"],
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

    def _since(self) -> datetime.datetime | None:
        word, day = self.cleaned_data["range"], self.cleaned_data["since"]
        return timezone.now() - RANGES[word][1] if word else _midnight(day)


def _id(row: Any) -> int | None:  # any model row
    return row.pk if row else None


def _midnight(
    day: datetime.date | None, plus_days: int = 0
) -> datetime.datetime | None:
    if day is None:
        return None
    start = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    return start + datetime.timedelta(days=plus_days)
