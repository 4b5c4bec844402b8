import datetime
from typing import Any

from django import forms

from registry.origin import SOURCES
from registry.queries.audit_log import AuditFilter, Position

LAST_DAY = datetime.date(9998, 12, 31)


class AuditFilterForm(forms.Form):
    """The state of the audit page: it stands whole in the address."""

    q = forms.CharField(required=False, max_length=200)
    person = forms.CharField(required=False, max_length=254)
    action = forms.CharField(required=False, max_length=60)
    source = forms.ChoiceField(
        required=False, choices=[(one, name) for one, name in SOURCES if one]
    )
    type = forms.CharField(required=False, max_length=40)
    id = forms.CharField(required=False, max_length=80)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    before = forms.CharField(required=False, max_length=80)

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

    def chosen(self) -> AuditFilter:
        values = self.cleaned_data
        return AuditFilter(
            words=values["q"],
            person=values["person"],
            action=values["action"],
            object_type=values["type"],
            object_id=values["id"],
            since=values["since"],
            until=values["until"],
            source=values["source"],
        )
