"""What a person chooses before a run."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from analytics.models import BenchmarkRun, BenchmarkSuite
from analytics.services.benchmark_runs import (
    MOST_CONCURRENCY,
    MOST_REPETITIONS,
    RunOptions,
)
from registry.models import Organization

MOST_MODELS = 40
DECIMAL_PLACES = 4


class ModelsField(forms.MultipleChoiceField):
    """References; what they mean, and whether they can be called, is said with the
    estimate."""

    def valid_value(self, value: str) -> bool:
        return len(value) <= 300


class RunForm(forms.Form):
    suite = forms.ModelChoiceField(
        queryset=BenchmarkSuite.objects.none(),
        to_field_name="key",
        empty_label="Choose a suite",
        error_messages={"required": "Choose a suite."},
    )
    models = ModelsField(required=False)
    repetitions = forms.IntegerField(
        min_value=1,
        max_value=MOST_REPETITIONS,
        initial=1,
        help_text="How often each case is asked of each model.",
    )
    concurrency = forms.IntegerField(
        label="Calls at once",
        min_value=1,
        max_value=MOST_CONCURRENCY,
        initial=4,
        help_text="At each connection; its rate limits hold all the same.",
    )
    limit_usd = forms.DecimalField(
        label="Limit in dollars",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=DECIMAL_PLACES,
        help_text="The run pauses before it costs more. Empty: only budgets hold it.",
    )
    temperature = forms.FloatField(
        required=False, min_value=0, max_value=2, help_text="Empty: as the suite says."
    )
    max_tokens = forms.IntegerField(
        label="Max output tokens",
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text="Empty: as the suite says.",
    )
    ignores_budgets = forms.BooleanField(
        label="Start although a budget may not be enough", required=False
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suite"].queryset = suites_of(organization)  # type: ignore[attr-defined]

    def clean_models(self) -> list[str]:
        chosen = list(dict.fromkeys(self.cleaned_data["models"]))
        if len(chosen) > MOST_MODELS:
            raise forms.ValidationError(f"A run has at most {MOST_MODELS} models.")
        return chosen

    def options(self) -> RunOptions:
        """Of a valid form."""
        cleaned = self.cleaned_data
        given = {name: cleaned.get(name) for name in ("temperature", "max_tokens")}
        return RunOptions(
            contenders=cleaned["models"],
            repetitions=cleaned["repetitions"],
            concurrency=cleaned["concurrency"],
            limit_usd=cleaned["limit_usd"],
            parameters={name: one for name, one in given.items() if one is not None},
            ignores_budgets=cleaned.get("ignores_budgets", False),
        )


class ResumeForm(forms.Form):
    limit_usd = forms.DecimalField(
        label="New limit in dollars",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=DECIMAL_PLACES,
    )


def suites_of(organization: Organization) -> QuerySet[BenchmarkSuite]:
    return BenchmarkSuite.objects.filter(
        organization=organization, archived_at=None
    ).order_by("name")


def initial_of(run: BenchmarkRun) -> dict[str, Any]:
    """To run the same again."""
    return {
        "suite": run.suite.key,
        "models": list(run.contenders.values_list("reference", flat=True)),
        "repetitions": run.repetitions,
        "concurrency": run.concurrency,
        "limit_usd": None if run.limit_usd is None else _as_typed(run.limit_usd),
        "temperature": run.parameters.get("temperature"),
        "max_tokens": run.parameters.get("max_tokens"),
    }


def _as_typed(usd: Decimal) -> str:
    """Without the zeros of the column, which the field would refuse."""
    return format(round(usd, DECIMAL_PLACES).normalize(), "f")
