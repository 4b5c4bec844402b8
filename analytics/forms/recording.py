from django import forms


class RecordingForm(forms.Form):
    """Whether prompts and answers are kept, and for how long."""

    keep_payloads = forms.BooleanField(required=False, label="Keep prompts and answers")
    payload_days = forms.IntegerField(min_value=1, max_value=365, label="For days")
