"""The form of a budget."""

from __future__ import annotations

import zoneinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django import forms

from analytics.models import BudgetDefinition, BudgetPeriod, OnLimit
from analytics.queries.budget_scopes import scope_choices
from analytics.services.budget_checking import MOST_THRESHOLDS
from registry.models import AIModel, Organization, Pack

EVERYTHING: Final = "organization"
A_TAG: Final = "tag"


class BudgetForm(forms.Form):
    """What may be changed later too; `NewBudgetForm` adds what stays."""

    name = forms.CharField(
        required=False,
        max_length=80,
        help_text="Shown to whoever is stopped by it. Left empty, it is named after "
        "what it is for.",
    )
    amount_usd = forms.DecimalField(
        label="Amount, US dollars",
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        help_text="For each window. 0 stops every call that costs anything.",
    )
    thresholds = forms.CharField(
        label="Tell at, percent",
        required=False,
        max_length=60,
        help_text="80, 95: an alert at each, once in a window. 100 is always told.",
    )
    on_limit = forms.ChoiceField(label="At the limit", choices=OnLimit.choices)
    pack = forms.ModelChoiceField(
        Pack.objects.none(),
        label="Pack to switch to",
        required=False,
        to_field_name="slug",
        empty_label="None",
    )
    fallback_model = forms.ModelChoiceField(
        AIModel.objects.none(),
        label="Cheaper model",
        required=False,
        empty_label="None",
        help_text="Asked in place of dearer ones once the limit is reached; what it "
        "costs still counts.",
    )
    rolls_over = forms.BooleanField(
        label="Carry what is left over to the next window", required=False
    )
    roll_over_cap_usd = forms.DecimalField(
        label="Carry at most, US dollars",
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        help_text="Left empty: all of it.",
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        packs = Pack.objects.filter(organization=organization, archived_at=None)
        models = AIModel.objects.filter(
            settings__organization=organization, settings__is_enabled=True
        )
        self._choose("pack", packs.order_by("name"))
        self._choose("fallback_model", models.select_related("provider"))

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # for mypy
        field.queryset = rows

    def clean_thresholds(self) -> list[Decimal]:
        text = self.cleaned_data["thresholds"].replace("%", " ").replace(";", ",")
        words = [word.strip() for word in text.split(",") if word.strip()]
        if len(words) > MOST_THRESHOLDS:
            raise forms.ValidationError(f"At most {MOST_THRESHOLDS} thresholds.")
        return sorted({_share(word) for word in words})

    def refuse(self, problems: dict[str, str]) -> None:
        """Show what the service found wrong, beside the field where it has one."""
        for name, said in problems.items():
            place = "scope" if name in {"scope_kind", "scope_id"} else name
            self.add_error(place if place in self.fields else None, said)

    @property
    def facts(self) -> dict[str, Any]:
        """What `change_budget` takes."""
        facts = dict(self.cleaned_data)
        facts.pop("expected_version", None)
        return facts


class NewBudgetForm(BudgetForm):
    """Everything of a budget."""

    scope = forms.ChoiceField(label="For")
    tag_name = forms.CharField(
        required=False,
        max_length=100,
        help_text="Only for a tag: its name.",
        widget=forms.TextInput({"list": "tag-names", "autocomplete": "off"}),
    )
    tag_value = forms.CharField(
        required=False,
        max_length=100,
        help_text="Only for a tag: its value.",
        widget=forms.TextInput({"list": "tag-values", "autocomplete": "off"}),
    )
    period = forms.ChoiceField(choices=BudgetPeriod.choices, initial="month")
    time_zone = forms.CharField(
        max_length=60,
        help_text="Days, weeks and months begin at midnight there.",
        widget=forms.TextInput(attrs={"list": "time-zones"}),
    )

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(organization, *args, **kwargs)
        self.fields["time_zone"].initial = organization.time_zone
        self.fields["thresholds"].initial = "80"
        choices: list[Any] = [(EVERYTHING, "Everything")]
        for label, found in scope_choices(organization).items():
            choices.append((f"{label}s", [(one.word, one.label) for one in found]))
        choices.append((A_TAG, "A tag of calls"))
        field = self.fields["scope"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for mypy
        field.choices = choices

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"].strip()
        if name not in zoneinfo.available_timezones():
            raise forms.ValidationError(
                f"There is no time zone {name!r}; write it as in Europe/Berlin."
            )
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("scope") != A_TAG:
            cleaned["tag_name"] = cleaned["tag_value"] = ""
        else:
            for name in ("tag_name", "tag_value"):
                if not (cleaned.get(name) or "").strip():
                    self.add_error(name, "A budget for a tag needs its name and value.")
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What `create_budget` takes."""
        facts = super().facts
        kind, _, pk = facts.pop("scope").partition(":")
        return {**facts, "scope_kind": kind, "scope_id": int(pk or 0)}


def initial_of(definition: BudgetDefinition) -> dict[str, Any]:
    """What the form shows of a budget that is there."""
    return {
        "name": definition.name,
        "amount_usd": definition.amount_usd,
        "thresholds": ", ".join(
            f"{(share * 100).normalize():f}" for share in definition.thresholds
        ),
        "on_limit": definition.on_limit,
        "pack": definition.pack.slug if definition.pack else None,
        "fallback_model": definition.fallback_model_id,
        "rolls_over": definition.rolls_over,
        "roll_over_cap_usd": definition.roll_over_cap_usd,
        "expected_version": definition.version,
    }


def _share(word: str) -> Decimal:
    try:
        percent = Decimal(word)
    except InvalidOperation:
        percent = Decimal(0)
    if not (percent.is_finite() and 0 < percent <= 100):
        raise forms.ValidationError(f"{word!r} is no percentage between 0 and 100.")
    return (percent / 100).quantize(Decimal("0.001"))
