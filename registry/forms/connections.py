"""Forms of the connections pages. Keys and header values go in and are never put back
into a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from registry.connection_facts import EDITABLE
from registry.connection_providers import ProviderChoice
from registry.connection_rules import read_headers
from registry.connection_values import RETRIES_LIMIT, TIMEOUT_LIMIT_S
from registry.models import Backoff, Connection

MAX_INTEGER = 2_147_483_647
MAX_BIG_INTEGER = 9_223_372_036_854_775_807
MAX_SMALL_INTEGER = 32_767


class HeaderNames(forms.Textarea):
    """Shows of lines `name: value` the names alone."""

    def format_value(self, value: Any) -> str:
        lines = str(value or "").splitlines()
        named = (line.partition(":") for line in lines if ":" in line)
        return "\n".join(f"{name.strip()}:" for name, _, _ in named)


class ConnectionListForm(forms.Form):
    q = forms.CharField(required=False, max_length=100, label="Filter connections")

    @property
    def words(self) -> str:
        """What to look for; empty where it is wrong."""
        return str(getattr(self, "cleaned_data", {}).get("q", ""))


class KeyForm(forms.Form):
    """Another key, or the variable that holds it."""

    key = forms.CharField(
        required=False,
        label="Key",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Stored encrypted. Nobody can read it again.",
    )
    key_variable = forms.CharField(
        required=False,
        label="Environment variable",
        help_text="Instead of a key: read when it is needed, not stored.",
    )

    def add_refusal(self, refusal: ValidationError) -> None:
        """Put what a service refused beside its field."""
        for name, texts in refusal.message_dict.items():
            self.add_error(name if name in self.fields else None, texts)


class ConnectionForm(KeyForm):
    """Everything about a connection but its provider."""

    label = forms.CharField(label="Name")
    base_url = forms.CharField(required=False, label="Base URL")
    headers = forms.CharField(
        required=False,
        label="Extra headers",
        widget=HeaderNames(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="One a line, “name: value”. Values are kept like keys.",
    )
    requests_per_minute = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_INTEGER
    )
    tokens_per_minute = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_BIG_INTEGER
    )
    max_retries = forms.IntegerField(
        min_value=0, max_value=RETRIES_LIMIT, initial=2, label="Retries"
    )
    backoff = forms.ChoiceField(
        choices=Backoff.choices,
        initial=Backoff.EXPONENTIAL,
        label="Wait between retries",
    )
    timeout_seconds = forms.IntegerField(
        min_value=1, max_value=TIMEOUT_LIMIT_S, initial=120, label="Timeout (s)"
    )

    def clean_headers(self) -> dict[str, str]:
        return read_headers(self.cleaned_data["headers"])

    @property
    def facts(self) -> dict[str, Any]:
        """What the services take, by name."""
        left_out = {"provider", "expected_version"}
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in left_out
        }


class ConnectionAddForm(ConnectionForm):
    field_order = ("provider", "label", "key", "key_variable", "base_url", "headers")

    provider = forms.ChoiceField(label="Provider")

    def __init__(self, *args: Any, choices: list[ProviderChoice], **kwargs: Any):
        super().__init__(*args, **kwargs)
        grouped: dict[str, list[tuple[str, str]]] = {}
        for one in choices:
            grouped.setdefault(one.group, []).append((one.slug, one.name))
        provider = self.fields["provider"]
        assert isinstance(provider, forms.ChoiceField)  # noqa: S101  # for the type
        provider.choices = list(grouped.items())


class ConnectionEditForm(ConnectionForm):
    field_order = ("label", "key", "key_variable", "base_url", "headers")

    position = forms.IntegerField(
        min_value=1,
        max_value=MAX_SMALL_INTEGER,
        help_text="Of several connections at a provider the lowest is used.",
    )
    expected_version = forms.IntegerField(
        min_value=1, max_value=MAX_INTEGER, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["key"].label = "Another key"
        self.fields["key"].help_text = "Empty: the one there is stays."
        self.fields["headers"].help_text = (
            "One a line, “name: value”. A name without a value keeps the one stored; "
            "a line taken away takes the header away."
        )


def connection_initial(connection: Connection) -> dict[str, Any]:
    """What the edit form shows at first: no secret among it."""
    return {
        **{name: getattr(connection, name) for name in EDITABLE},
        "headers": "\n".join(f"{name}:" for name in connection.header_names),
        "expected_version": connection.version,
    }
