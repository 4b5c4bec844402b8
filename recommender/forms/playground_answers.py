"""What a person says of answers."""

from __future__ import annotations

from typing import Any

from django import forms

from analytics.models import BenchmarkSuite
from analytics.services.benchmark_suites import living_suites
from recommender.models import PlaygroundAnswer, PlaygroundRun
from recommender.services.votes import LONGEST_NOTE
from registry.models import Organization

EQUAL = "equal"
NONE = "none"


class VoteForm(forms.Form):
    """The id of the best answer, `equal`, or `none` to take the vote back."""

    best = forms.CharField(max_length=40)

    def __init__(self, run: PlaygroundRun, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        said = cleaned.get("best", "")
        cleaned["is_taken_back"] = said == NONE
        if said in (EQUAL, NONE):
            cleaned["best"] = None
            return cleaned
        answers = {str(one.pk): one for one in self.run.answers.all()}
        if said not in answers:
            raise forms.ValidationError("There is no such answer.")
        cleaned["best"] = answers[said]
        return cleaned


class RatingForm(forms.Form):
    rating = forms.IntegerField(required=False, min_value=1, max_value=5)
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)


class DiffForm(forms.Form):
    a = forms.ModelChoiceField(queryset=PlaygroundAnswer.objects.none())
    b = forms.ModelChoiceField(queryset=PlaygroundAnswer.objects.none())

    def __init__(self, run: PlaygroundRun, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("a", "b"):
            self.fields[name].queryset = run.answers.exclude(text="")  # type: ignore[attr-defined]  # a choice of rows


class CaseForm(forms.Form):
    """In which suite, and whether the answer is what is expected."""

    suite = forms.ModelChoiceField(
        queryset=BenchmarkSuite.objects.none(),
        required=False,
        empty_label="A new suite",
    )
    new_suite = forms.CharField(
        required=False, max_length=120, label="Name of the new suite"
    )
    is_expected = forms.BooleanField(
        required=False, label="Expect this answer of other models"
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suite"].queryset = living_suites(organization)  # type: ignore[attr-defined]  # a choice of rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["suite"] and not cleaned["new_suite"]:
            self.add_error("new_suite", "Choose a suite, or name a new one.")
        return cleaned
