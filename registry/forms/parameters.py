"""Form fields for generation parameters, for any form that asks for them."""

from typing import Any

from django import forms

from registry.parameters import LABELS, PARAMETERS, ParameterError, clean_parameters

ESCAPES = (("\\n", "\n"), ("\\t", "\t"))


class ParametersFormMixin(forms.Form):
    """Six optional fields. After validation `parameters` holds the stored form; errors
    stand beside their field. Set `max_output_tokens` to the model's limit if known.

    Start values: `initial=parameters_initial(stored)`.
    """

    max_output_tokens: int | None = None

    temperature = forms.FloatField(required=False, label=LABELS["temperature"])
    top_p = forms.FloatField(required=False, label=LABELS["top_p"])
    max_tokens = forms.IntegerField(required=False, label=LABELS["max_tokens"])
    frequency_penalty = forms.FloatField(
        required=False, label=LABELS["frequency_penalty"]
    )
    presence_penalty = forms.FloatField(
        required=False, label=LABELS["presence_penalty"]
    )
    stop = forms.CharField(
        required=False,
        label=LABELS["stop"],
        max_length=1000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=r"One a line, up to four. Write \n for a line break.",
    )

    @property
    def parameters(self) -> dict[str, Any]:
        """The validated parameters in the stored form."""
        stored: dict[str, Any] = self.cleaned_data["parameters"]
        return stored

    def clean_stop(self) -> list[str]:
        return [unescaped(line) for line in self.cleaned_data["stop"].splitlines()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        values = {name: cleaned.get(name) for name in PARAMETERS}
        try:
            cleaned["parameters"] = clean_parameters(
                values, max_output_tokens=self.max_output_tokens
            )
        except ParameterError as error:
            for name, message in error.errors.items():
                self.add_error(name, message)
        return cleaned


def parameters_initial(stored: dict[str, Any]) -> dict[str, Any]:
    """Stored parameters as start values of the form's fields."""
    return {**stored, "stop": "\n".join(escaped(s) for s in stored.get("stop", []))}


def escaped(stop: str) -> str:
    """A stop sequence as one line of text."""
    for written, meant in ESCAPES:
        stop = stop.replace(meant, written)
    return stop


def unescaped(line: str) -> str:
    for written, meant in ESCAPES:
        line = line.replace(written, meant)
    return line
