from django import forms

from registry.models import CapabilityTrust
from registry.time_zones import validate_time_zone


class OrganizationForm(forms.Form):
    """What holds for all of an organisation."""

    time_zone = forms.CharField(
        max_length=60,
        label="Days begin at midnight in",
        validators=[validate_time_zone],
        error_messages={"required": "Name a time zone, as in Europe/Berlin."},
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )


class CapabilityTrustForm(forms.Form):
    """What decides whether a model can do what is asked of it."""

    capability_trust = forms.ChoiceField(
        choices=CapabilityTrust.choices, label="A model is taken to be able to do"
    )
