"""Which capabilities of a model are probed, where, and how far."""

from __future__ import annotations

from typing import Any

from django import forms

from analytics.probes.kinds import CHOICES, KINDS
from analytics.queries.capability_probes import probe_connections
from analytics.services.capability_probes import LIMIT_TOKENS, MOST_TOKENS
from registry.models import AIModel, Connection, Organization


class ProbeForm(forms.Form):
    connection: forms.ModelChoiceField[Connection] = forms.ModelChoiceField(
        queryset=Connection.objects.none(), empty_label=None
    )
    capabilities = forms.MultipleChoiceField(
        choices=CHOICES,
        initial=list(KINDS),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one capability."},
    )
    limit_tokens = forms.IntegerField(
        min_value=0,
        max_value=MOST_TOKENS,
        initial=LIMIT_TOKENS,
        label="At most so many tokens for the long context",
    )

    def __init__(
        self, organization: Organization, ai_model: AIModel, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["connection"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = probe_connections(organization, ai_model)
        field.label_from_instance = lambda one: one.label  # type: ignore[assignment, method-assign]
