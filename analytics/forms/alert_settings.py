"""When alerts are raised, and where they are sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.alerting.limits import LIMITS, Rule
from analytics.models import AlertChannel, ChannelKind
from analytics.services.alert_channels import ChannelFacts
from registry.addresses import AddressRefused, check_address
from registry.models import Organization

MOST_EMAILS: Final = 20
SHORTEST_SECRET: Final = 16


class RuleForm(forms.Form):
    """One kind of alert: on or off, and its numbers."""

    is_on = forms.BooleanField(required=False)

    def __init__(self, kind: AlertKind, rule: Rule, data: Any = None) -> None:
        initial: dict[str, Any] = {"is_on": rule.is_on}
        initial |= {name: f"{one.normalize():f}" for name, one in rule.numbers.items()}
        super().__init__(data, prefix=str(kind), initial=initial)
        self.kind = kind
        for limit in LIMITS[kind]:
            field = forms.DecimalField(
                label=limit.label,
                min_value=limit.least,
                max_value=limit.most,
                decimal_places=limit.places,
                max_digits=12,
                help_text=limit.help,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
            self.fields[limit.name] = field

    @property
    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Each number's field and unit."""
        return [(self[limit.name], limit.unit) for limit in LIMITS[self.kind]]

    @property
    def numbers(self) -> Mapping[str, Decimal]:
        return {
            limit.name: self.cleaned_data[limit.name] for limit in LIMITS[self.kind]
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.kind == AlertKind.RETIREMENT and not self.errors:
            first, second, last = (values[limit.name] for limit in LIMITS[self.kind])
            if not first > second > last:
                self.add_error(
                    "second_days", "Each is nearer to the day than the last."
                )
        return values


class ChannelForm(forms.Form):
    """A channel. Address and secret are written, never shown: left empty they stay."""

    label = forms.CharField(max_length=80, label="Name")
    emails = forms.CharField(
        required=False,
        max_length=4000,
        label="Email addresses",
        help_text="With commas or lines between.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    url = forms.CharField(required=False, max_length=400, label="Address")
    secret = forms.CharField(
        required=False,
        max_length=200,
        label="Signing secret",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    min_severity = forms.ChoiceField(choices=AlertSeverity.choices, label="From")
    kinds = forms.MultipleChoiceField(choices=AlertKind.choices, required=False)
    is_on = forms.BooleanField(required=False, label="Switched on")

    def __init__(
        self,
        data: Any = None,
        *,
        kind: ChannelKind,
        organization: Organization,
        channel: AlertChannel | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(channel))
        self.kind, self.organization, self.channel = kind, organization, channel
        if kind != ChannelKind.EMAIL:
            del self.fields["emails"]
        else:
            del self.fields["url"]
        if kind != ChannelKind.WEBHOOK or channel is not None:
            del self.fields["secret"]

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        same = AlertChannel.objects.filter(organization=self.organization, label=label)
        if self.channel is not None:
            same = same.exclude(pk=self.channel.pk)
        if same.exists():
            raise forms.ValidationError("There is a channel of this name already.")
        return label

    def clean_emails(self) -> list[str]:
        words = re.split(r"[\s,;]+", self.cleaned_data["emails"])
        found = list(dict.fromkeys(word for word in words if word))
        if not found:
            raise forms.ValidationError("Enter at least one address.")
        if len(found) > MOST_EMAILS:
            message = f"At most {MOST_EMAILS} addresses; use a mailing list for more."
            raise forms.ValidationError(message)
        for one in found:
            try:
                validate_email(one)
            except ValidationError as error:
                message = f"{one[:80]} is no email address."
                raise forms.ValidationError(message) from error
        return found

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if not url:
            if self.channel is None:
                raise forms.ValidationError("Enter the address.")
            return ""
        if "#" in url or re.search(r"[\x00-\x20\x7f\\]", url):
            raise forms.ValidationError("An address has no spaces and no “#”.")
        try:
            check_address(url.partition("?")[0])
        except AddressRefused as error:
            raise forms.ValidationError(str(error)) from error
        return url

    def clean_secret(self) -> str:
        secret: str = self.cleaned_data["secret"]
        if secret and len(secret) < SHORTEST_SECRET:
            message = f"A secret has at least {SHORTEST_SECRET} characters."
            raise forms.ValidationError(message)
        return secret

    def facts(self) -> ChannelFacts:
        values = self.cleaned_data
        return ChannelFacts(
            label=values["label"],
            is_on=values["is_on"],
            min_severity=values["min_severity"],
            kinds=values["kinds"],
            emails=values.get("emails", ()),
            url=values.get("url", ""),
            secret=values.get("secret", ""),
        )


def _initial(channel: AlertChannel | None) -> dict[str, Any]:
    if channel is None:
        return {"is_on": True, "min_severity": AlertSeverity.WARNING}
    return {
        "label": channel.label,
        "emails": "\n".join(channel.emails),
        "min_severity": channel.min_severity,
        "kinds": channel.kinds,
        "is_on": channel.is_on,
    }
