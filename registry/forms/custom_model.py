"""The form in which an organisation describes a model of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from registry.capabilities import CAPABILITY_CHOICES, MODALITY_CHOICES
from registry.facts import FACT_FIELDS
from registry.model_ids import CUSTOM
from registry.models import AIModel, Price, Provider
from registry.rates import BASE_RATES, PER_IMAGE, RatesDocument
from registry.services.custom_models import CustomFacts
from registry.services.stated_prices import flat_rates

YES_NO = [("", "Not known"), ("true", "Yes"), ("false", "No")]
IDENTITY = ("provider", "model_name")
SECTIONS = (
    (
        "What it is",
        "",
        (*IDENTITY, "name", "model_type", "version", "family", "description"),
    ),
    (
        "What it does",
        "Leave out what you do not know.",
        ("input_modalities", "output_modalities", "capabilities"),
    ),
    (
        "Limits",
        "Empty: not known.",
        (
            "context_window",
            "max_output_tokens",
            "max_images",
            "requests_per_minute",
            "tokens_per_minute",
        ),
    ),
    (
        "Price",
        "US dollars. Empty: not known, which is not free.",
        (*BASE_RATES, "per_image_usd"),
    ),
    (
        "Dates",
        "",
        ("released_on", "knowledge_cutoff", "deprecated_on", "retired_on"),
    ),
    (
        "Running it yourself",
        "For local models.",
        (
            "is_open_weights",
            "parameter_count_billions",
            "quantisation",
            "min_memory_gb",
            "recommended_memory_gb",
        ),
    ),
)
CSS: dict[type, str] = {
    forms.Select: "select",
    forms.Textarea: "textarea",
    forms.CheckboxSelectMultiple: "",
}
WITH_HELP = {"name", "model_name", "knowledge_cutoff"}
LABELS = {
    "model_name": "Exact id",
    "model_type": "Type",
    "context_window": "Context window, tokens",
    "max_output_tokens": "Longest answer, tokens",
    "max_images": "Images per request",
    "is_open_weights": "Open weights",
    "parameter_count_billions": "Parameters, billions",
    "quantisation": "Quantisation",
    "min_memory_gb": "Memory needed, GB",
    "recommended_memory_gb": "Memory recommended, GB",
    "input_usd_per_million": "Input per 1M tokens",
    "output_usd_per_million": "Output per 1M tokens",
    "cache_read_usd_per_million": "Cached input per 1M tokens",
    "cache_write_usd_per_million": "Cache write per 1M tokens",
    "per_image_usd": "Per generated image",
}


@dataclass(frozen=True)
class Section:
    title: str
    hint: str
    fields: list[BoundField]


class CustomModelForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """Facts and an optional price. Provider and id are asked for once: a form over an
    existing model does not have them. `seen_at` notices a change by somebody else."""

    provider = forms.ChoiceField()
    description = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    input_modalities = forms.MultipleChoiceField(
        choices=MODALITY_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    output_modalities = forms.MultipleChoiceField(
        choices=MODALITY_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    capabilities = forms.MultipleChoiceField(
        choices=CAPABILITY_CHOICES, required=False, widget=forms.CheckboxSelectMultiple
    )
    is_open_weights = forms.TypedChoiceField(
        choices=YES_NO,
        required=False,
        empty_value=None,
        coerce=lambda word: word == "true",
    )
    seen_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = AIModel
        fields = ("model_name", *FACT_FIELDS)
        widgets = {  # noqa: RUF012  # Django reads it
            "model_name": forms.TextInput(
                attrs={"class": "mono", "spellcheck": "false"}
            ),
            **{
                name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
                for name in ("released_on", "deprecated_on", "retired_on")
            },
        }

    def __init__(self, *args: Any, price: Price | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.price = price
        self.is_new = self.instance.pk is None
        self._add_rates()
        self.fields["name"].required = False
        self.fields["name"].help_text = "Empty: the id."
        self.fields["model_name"].help_text = "The exact string sent to the provider."
        self.fields["knowledge_cutoff"].help_text = "2025, 2025-04 or 2025-04-30."
        if self.is_new:
            self._offer_providers()
        else:
            del self.fields["provider"], self.fields["model_name"]
            stated = self.instance.is_open_weights
            word = "" if stated is None else str(stated).lower()
            self.initial["is_open_weights"] = word
            self.initial["seen_at"] = self.instance.updated_at.isoformat()
        for name, field in self.fields.items():
            _dress(name, field)

    def _add_rates(self) -> None:
        for name in (*BASE_RATES, "per_image_usd"):
            self.fields[name] = forms.DecimalField(
                required=False, min_value=Decimal(0), max_digits=20, decimal_places=10
            )
            self.fields[name].widget.attrs["step"] = "any"
        if self.price is not None:
            for name in BASE_RATES:
                self.initial[name] = _digits(getattr(self.price, name))
            self.initial["per_image_usd"] = _digits(self.price.rates.get(PER_IMAGE))

    def _offer_providers(self) -> None:
        known = Provider.objects.exclude(slug=CUSTOM).values_list("slug", "name")
        own = (CUSTOM, "Your own (custom)")
        field = self.fields["provider"]
        field.choices = [own, *known]  # type: ignore[attr-defined]

    def sections(self) -> Iterator[Section]:
        for title, hint, names in SECTIONS:
            yield Section(
                title, hint, [self[name] for name in names if name in self.fields]
            )

    def _post_clean(self) -> None:
        """Nothing: the service checks the row, with its organisation, and its refusals
        come back through `add_error`."""

    def given(self) -> CustomFacts:
        facts = {name: self.cleaned_data[name] for name in FACT_FIELDS}
        return CustomFacts(facts=facts, rates=self.rates())

    def rates(self) -> RatesDocument | None:
        base = {name: self.cleaned_data[name] for name in BASE_RATES}
        image = self.cleaned_data["per_image_usd"]
        document = flat_rates(base, image)
        is_stated = document["standard"] or image is not None
        if not is_stated:
            return None
        if self.price is not None and not self._is_flat():
            # Tiers and variants that this form does not show are not lost by saving it.
            unchanged = not set(self.changed_data) & {*BASE_RATES, "per_image_usd"}
            return self.price.rates if unchanged else document
        return document

    def _is_flat(self) -> bool:
        document = self.price.rates if self.price else {}
        rates = document.get("standard", {}).values()
        return set(document) <= {"standard", PER_IMAGE} and not any(
            isinstance(rate, dict) for rate in rates
        )


def _dress(name: str, field: forms.Field) -> None:
    """The design system's class, and a label without underscores."""
    widget = field.widget
    css = CSS.get(type(widget), "input")
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()
    field.label = LABELS.get(name, str(field.label or name.replace("_", " ")))
    field.label = field.label[:1].upper() + field.label[1:]
    field.help_text = field.help_text if name in WITH_HELP else ""


def _digits(rate: Decimal | str | None) -> Decimal | None:
    """Without the zeros that the column adds: 1.5000000000 → 1.5."""
    return None if rate is None else Decimal(f"{Decimal(rate).normalize():f}")
