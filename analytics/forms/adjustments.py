"""What an adjustment is to do, read from its page's address."""

from __future__ import annotations

import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from analytics.adjusting import whatever_time
from analytics.models import AdjustmentKind
from analytics.queries.adjustments import Scope, periods_of
from analytics.time_steps import midnight
from registry.models import AIModel, Organization
from registry.queries.references import resolve_reference
from registry.resolution.entries import PricePeriod

IN_FORCE: Final = "The price in force when each call was made"
ONE_DAY: Final = datetime.timedelta(days=1)


class AdjustmentForm(forms.Form):
    """`kind`, `name` (of a mapping: as calls name the model), `model` (a reference),
    `price` (empty: in force at each call, else a price row), `since` and `until` (days
    of the organisation's zone; empty: all), `end` (the moment of the preview)."""

    kind = forms.ChoiceField(choices=AdjustmentKind)
    name = forms.CharField(max_length=200, required=False, strip=False)
    model = forms.CharField(max_length=300)
    price = forms.CharField(max_length=20, required=False)
    since = forms.DateField(required=False, label="From")
    until = forms.DateField(required=False, label="To, included")

    def __init__(
        self, data: QueryDict, organization: Organization, now: datetime.datetime
    ) -> None:
        super().__init__(data)
        self.organization = organization
        self.now = now
        self.zone = ZoneInfo(organization.time_zone)
        self.ai_model: AIModel | None = None
        self.periods: tuple[PricePeriod, ...] = ()

    def clean_model(self) -> str:
        word: str = self.cleaned_data["model"]
        self.ai_model = resolve_reference(word, self.organization).ai_model
        if self.ai_model is None:
            raise forms.ValidationError(f"No model is called “{word[:100]}”.")
        self.periods = periods_of(self.organization, self.ai_model)
        return word

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        if facts.get("kind") == AdjustmentKind.MAP and not facts.get("name"):
            self.add_error("name", "Say which name is to be mapped.")
        since, until = facts.get("since"), facts.get("until")
        if since and until and until < since:
            self.add_error("until", "The range ends before it begins.")
        for field in ("since", "until"):
            day = facts.get(field)
            if day and not 2000 <= day.year <= 2100:  # noqa: PLR2004  # sensible years
                self.add_error(field, "Choose a day between 2000 and 2100.")
        if self.ai_model and facts.get("price") and not self._chosen():
            self.add_error("price", "This is no price of the model.")
        return facts

    def _chosen(self) -> list[PricePeriod]:
        word = self.cleaned_data.get("price", "")
        return [one for one in self.periods if str(one.price_id) == word][-1:]

    @property
    def used_periods(self) -> tuple[PricePeriod, ...]:
        """The prices that calls would take."""
        chosen = self._chosen()
        return tuple(map(whatever_time, chosen)) if chosen else self.periods

    @property
    def price_words(self) -> str:
        chosen = self._chosen()
        return f"{words_of(chosen[0])}, for all calls" if chosen else IN_FORCE

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Prices of the model to choose from, the newest first; each row once."""
        rows = {str(one.price_id): words_of(one) for one in self.periods}
        return [("", IN_FORCE), *reversed(rows.items())]

    def scope(self, end: datetime.datetime | None = None) -> Scope:
        """Of a valid form; `end` where a preview has said it."""
        facts = self.cleaned_data
        last = end or self.now
        if facts.get("until"):
            last = min(last, midnight(facts["until"] + ONE_DAY, self.zone))
        since = facts.get("since")
        return Scope(
            organization_id=self.organization.pk,
            kind=AdjustmentKind(facts["kind"]),
            ai_model_id=self.ai_model.pk if self.ai_model else 0,
            told_name=facts["name"] if facts["kind"] == AdjustmentKind.MAP else "",
            start=midnight(since, self.zone) if since else None,
            end=last,
        )


class ApplyForm(forms.Form):
    """What is said on top when it is applied."""

    reason = forms.CharField(max_length=300)
    end = forms.DateTimeField()
    seen = forms.CharField(max_length=16)


class SetAsideForm(forms.Form):
    kind = forms.ChoiceField(choices=[("name", ""), ("model", ""), ("usage", "")])
    name = forms.CharField(max_length=300, required=False, strip=False)
    reason = forms.CharField(max_length=300)


def words_of(period: PricePeriod) -> str:
    """$2.50 in, $10 out per million tokens since 1 Nov 2026."""
    rates = period.rates.document.get("standard", {})
    words = [
        f"${_base(rates[key])} {word}"
        for key, word in (("input_mtok", "in"), ("output_mtok", "out"))
        if rates.get(key) is not None
    ]
    price = f"{', '.join(words)} per million tokens" if words else "Special rates"
    since = period.effective_from
    when = f"since {since.day} {since:%b %Y}" if since else "since ever"
    return f"{price} {when}"


def _base(rate: Any) -> str:
    return str(rate["base"]) if isinstance(rate, dict) else str(rate)
