"""The form of a benchmark suite."""

from __future__ import annotations

from typing import Any

from django import forms

from analytics.models import BenchmarkSuite
from registry.parameters import RANGES


class SuiteForm(forms.Form):
    """Everything of a suite but its cases and its scorers (`ScorersPart`)."""

    name = forms.CharField(max_length=120)
    description = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    system = forms.CharField(
        label="System prompt",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands before every case that has none of its own.",
    )
    pass_percent = forms.FloatField(
        label="Passed from, percent",
        min_value=0,
        max_value=100,
        initial=70,
        help_text="From this score on an answer counts as passed.",
    )
    temperature = forms.FloatField(
        required=False,
        min_value=RANGES["temperature"][0],
        max_value=RANGES["temperature"][1],
        help_text="Left empty, each model's own. 0 repeats itself best.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    max_tokens = forms.IntegerField(
        label="Longest answer, tokens", required=False, min_value=1
    )

    def refuse(self, problems: dict[str, str]) -> None:
        """Show what the service found wrong, beside the field where it has one."""
        places = {"pass_score": "pass_percent"}
        for name, said in problems.items():
            place = places.get(name, name)
            self.add_error(place if place in self.fields else None, said)

    def facts(self, suite: BenchmarkSuite | None = None) -> dict[str, Any]:
        """What the services take. Parameters that the form does not show stay."""
        said = self.cleaned_data
        parameters = dict(suite.parameters) if suite else {}
        for name in ("temperature", "max_tokens"):
            parameters[name] = said[name]
        return {
            "name": said["name"],
            "description": said["description"],
            "system": said["system"],
            "pass_score": round(said["pass_percent"] / 100, 6),
            "parameters": parameters,
        }


class NewSuiteForm(SuiteForm):
    key = forms.SlugField(
        required=False,
        max_length=80,
        help_text="For addresses and the command line. Left empty, it is made of the "
        "name; it stays.",
    )


def suite_initial(suite: BenchmarkSuite) -> dict[str, Any]:
    return {
        "name": suite.name,
        "description": suite.description,
        "system": suite.system,
        "pass_percent": f"{round(suite.pass_score * 100, 4):g}",
        "temperature": _short(suite.parameters.get("temperature")),
        "max_tokens": suite.parameters.get("max_tokens"),
    }


def _short(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


class SuiteListForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    state = forms.ChoiceField(
        required=False, choices=[("", "In use"), ("archived", "Archived")]
    )
