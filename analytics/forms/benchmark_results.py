"""What a page about the results of a run is asked for."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from analytics.models import BenchmarkRun

OUTCOMES: Final = (
    ("", "Every outcome"),
    ("passed", "Passed"),
    ("failed", "Not passed"),
    ("unanswered", "No answer"),
    ("split", "Models disagree"),
)
MARGINS: Final = (1, 2, 5, 10)
MARGIN: Final = 2
NO_MODEL: Final = "This model is not in the run."


class CasesForm(forms.Form):
    """`after` is position and id of the last case of the page before."""

    model = forms.IntegerField(required=False)
    tag = forms.CharField(required=False, max_length=60)
    outcome = forms.ChoiceField(required=False, choices=OUTCOMES)
    after = forms.RegexField(r"^\d{1,9}-\d{1,18}$", required=False)

    def asked_after(self) -> tuple[int, int] | None:
        return read_after(self.cleaned_data.get("after"))


class CompareForm(forms.Form):
    """Two models of a run, by their positions; the best two where none are asked."""

    margin = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(one, f"{one} points") for one in MARGINS],
    )
    after = forms.RegexField(r"^\d{1,9}-\d{1,18}$", required=False)

    def __init__(self, run: BenchmarkRun, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(run.contenders.values_list("position", "reference"))
        for name in ("a", "b"):
            self.fields[name] = forms.TypedChoiceField(
                required=False,
                coerce=int,
                empty_value=None,
                choices=choices,
                error_messages={"invalid_choice": NO_MODEL},
            )

    @property
    def asked_margin(self) -> int:
        """In points."""
        return self.cleaned_data["margin"] or MARGIN

    def asked_after(self) -> tuple[int, int] | None:
        return read_after(self.cleaned_data.get("after"))


def read_after(text: str | None) -> tuple[int, int] | None:
    position, _, pk = (text or "").partition("-")
    return (int(position), int(pk)) if text else None
