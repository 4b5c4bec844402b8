"""What a person chooses for runs that begin by themselves."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from analytics.forms.benchmark_runs import RunForm
from analytics.models import BenchmarkSchedule
from analytics.queries.benchmark_schedules import DAYS

HOURS: Final = [(number, f"{number:02}:00") for number in range(24)]
MOST_PATTERNS: Final = 20


class ScheduleForm(RunForm):
    """A run's choice, and when. Limits and budgets hold for each run."""

    kind = forms.ChoiceField(
        choices=BenchmarkSchedule.Kind.choices, initial=BenchmarkSchedule.Kind.WEEKLY
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Days",
        choices=list(enumerate(DAYS)),
        coerce=int,
        required=False,
        initial=[0],
        widget=forms.CheckboxSelectMultiple,
    )
    at_hour = forms.TypedChoiceField(label="Hour", choices=HOURS, coerce=int, initial=6)
    patterns = forms.CharField(
        label="Models that are new",
        required=False,
        max_length=2_000,
        help_text="References with * and ?, such as openai/gpt-5*, one a line. A run "
        "begins when a model that matches is enabled for the first time.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    # Nobody is there to answer for a budget that is too small.
    ignores_budgets = None  # type: ignore[assignment]  # Django's way to drop a field
    temperature = None  # type: ignore[assignment]  # likewise
    max_tokens = None  # type: ignore[assignment]  # likewise

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["limit_usd"].label = "Limit of each run in dollars"

    def clean_patterns(self) -> list[str]:
        lines = self.cleaned_data["patterns"].replace(",", "\n").split()
        found = list(dict.fromkeys(lines))
        if len(found) > MOST_PATTERNS:
            raise forms.ValidationError(f"At most {MOST_PATTERNS} patterns.")
        for one in found:
            if "/" not in one:
                raise forms.ValidationError(
                    f"“{one}” is no reference: write provider/model, such as "
                    "openai/gpt-5*."
                )
        return found

    @property
    def chosen_days(self) -> list[str]:
        return [str(one) for one in self["weekdays"].value() or ()]
