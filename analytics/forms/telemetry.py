from django import forms

from analytics.queries.telemetry import WORDS


class TelemetryForm(forms.Form):
    """Which of the last spans are shown."""

    fate = forms.ChoiceField(
        required=False, choices=[(one.value, words[0]) for one, words in WORDS.items()]
    )
