"""The calculator's form: reads the address, the typed fields and the API alike."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import QueryDict

from recommender.break_even import Option
from recommender.calculation import CalculationRequest, Scope
from recommender.forms.fields import (
    AmountField,
    ReferencesField,
    WholeNumberField,
    ungrouped,
)
from recommender.presets import DEFAULTS
from recommender.workload import (
    PIXELS,
    ImageWorkload,
    Resolution,
    TokenWorkload,
    Workload,
)
from registry.capabilities import CAPABILITY_CHOICES
from registry.models import Feature

MAX_ITEMS: Final = 1_000_000_000_000
MAX_TOKENS: Final = 100_000_000
MAX_CALLS: Final = 1000
MAX_USD: Final = 1_000_000_000
MAX_CHEAPEST: Final = 20
MAX_TEXT: Final = 300

TOKEN_FIELDS: Final = ("requests", "input_tokens", "output_tokens", "cache")
IMAGE_FIELDS: Final = (
    "photos",
    "resolution",
    "calls",
    "prompt_tokens",
    "answer_tokens",
    "feature",
)
MULTIPLE: Final = ("m", "capability", "feature")
OWN_FIELDS: Final = ("own_fixed", "own_item", "own_capacity")
RESOLUTIONS: Final = [
    (each.value, f"{each.value.capitalize()}, {width:,} × {height:,} px")
    for each, (width, height) in PIXELS.items()
]


class CalculatorForm(forms.Form):
    """One calculation as typed. A field that the address leaves out has its default;
    one that is there but empty or wrong gets a message. Fields of the mode that is
    not chosen are not judged."""

    mode = forms.ChoiceField(choices=[("tokens", "Tokens"), ("images", "Images")])
    requests = WholeNumberField(label="Requests per month", most=MAX_ITEMS)
    input_tokens = WholeNumberField(label="Input per request", most=MAX_TOKENS)
    output_tokens = WholeNumberField(label="Output per request", most=MAX_TOKENS)
    cache = AmountField(
        label="Cache hit, % of input", most=100, decimals=4, unit=" percent"
    )
    batch = AmountField(label="Sent as batch, %", most=100, decimals=4, unit=" percent")
    photos = WholeNumberField(label="Photos per month", most=MAX_ITEMS)
    resolution = forms.ChoiceField(choices=RESOLUTIONS)
    calls = WholeNumberField(label="Features used per photo", most=MAX_CALLS, least=1)
    prompt_tokens = WholeNumberField(label="Prompt per call", most=MAX_TOKENS)
    answer_tokens = WholeNumberField(label="Answer per call", most=MAX_TOKENS)
    feature = ReferencesField(required=False)

    m = ReferencesField(required=False)
    scope = forms.ChoiceField(choices=[(each.value, each.value) for each in Scope])
    capability = forms.MultipleChoiceField(
        choices=CAPABILITY_CHOICES,
        required=False,
        error_messages={"invalid_choice": "There is no capability “%(value).60s”."},
    )
    provider = forms.CharField(required=False, max_length=60)
    cheapest = WholeNumberField(label="How many", most=MAX_CHEAPEST, least=1)
    base = forms.CharField(required=False, max_length=MAX_TEXT)

    own_name = forms.CharField(label="Name", required=False, max_length=60)
    own_fixed = AmountField(label="Fixed, per month", most=MAX_USD, required=False)
    own_item = AmountField(label="Per item", most=MAX_USD, required=False)
    own_capacity = WholeNumberField(
        label="Items a month per machine", most=MAX_ITEMS, least=1, required=False
    )
    first = forms.CharField(required=False, max_length=MAX_TEXT)
    second = forms.CharField(required=False, max_length=MAX_TEXT)
    value = AmountField(label="Value per item", most=MAX_USD, required=False)
    setup = AmountField(label="One-off set-up", most=MAX_USD, required=False)
    roi_of = forms.CharField(required=False, max_length=MAX_TEXT)

    def __init__(self, data: QueryDict, features: Mapping[str, Feature]) -> None:
        """`features`: the organisation's own by key, for the photo's calls."""
        super().__init__(with_defaults(data), auto_id="calculator-%s")
        self.features = features

    def clean_feature(self) -> list[str]:
        keys = list(dict.fromkeys(self.cleaned_data["feature"]))
        unknown = [key for key in keys if key not in self.features]
        if unknown:
            raise forms.ValidationError(f"There is no feature “{unknown[0][:60]}”.")
        return keys

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        ignored = TOKEN_FIELDS if self.is_images else IMAGE_FIELDS
        for name in ignored:
            self.errors.pop(name, None)
        if cleaned.get("own_fixed") is None and "own_fixed" not in self.errors:
            self._demand_fixed(cleaned)
        return cleaned

    def _demand_fixed(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("own_item") is not None or cleaned.get("own_capacity"):
            self.add_error("own_fixed", "Write what it costs a month, or 0.")

    @property
    def is_images(self) -> bool:
        return bool(self.data["mode"] == "images")

    def to_request(self) -> CalculationRequest:
        """What the good fields ask for. A wrong one only takes away what depends on
        it: without a volume there is still a cost per item."""
        good = self.cleaned_data
        return CalculationRequest(
            workload=self._workload(),
            items=good.get("photos" if self.is_images else "requests"),
            references=tuple(good.get("m") or ()),
            scope=Scope(good.get("scope") or Scope.CHOSEN),
            capabilities=tuple(good.get("capability") or ()),
            provider_slug=good.get("provider") or "",
            cheapest=good.get("cheapest") or int(DEFAULTS["cheapest"]),
            baseline=good.get("base") or "",
            own=self._own(),
            first=good.get("first") or "",
            second=good.get("second") or "",
            # Without a usable set-up cost any return would be a wrong one.
            value_per_item_usd=None if "setup" in self.errors else good.get("value"),
            setup_usd=good.get("setup") or Decimal(0),
            roi_of=good.get("roi_of") or "",
        )

    def _workload(self) -> Workload | None:
        good = self.cleaned_data
        needed = IMAGE_FIELDS[1:] if self.is_images else TOKEN_FIELDS[1:]
        if any(name in self.errors for name in (*needed, "batch", "mode")):
            return None
        if self.is_images:
            return ImageWorkload(
                resolution=Resolution(good["resolution"]),
                prompt_tokens=good["prompt_tokens"],
                answer_tokens=good["answer_tokens"],
                calls_per_item=len(good["feature"]) or good["calls"],
                batch_percent=good["batch"],
            )
        return TokenWorkload(
            input_tokens=good["input_tokens"],
            output_tokens=good["output_tokens"],
            cache_hit_percent=good["cache"],
            batch_percent=good["batch"],
        )

    def _own(self) -> Option | None:
        good = self.cleaned_data
        if good.get("own_fixed") is None or any(
            name in self.errors for name in OWN_FIELDS
        ):
            return None
        return Option(
            name=good.get("own_name") or "Own option",
            per_item_usd=good.get("own_item") or Decimal(0),
            fixed_usd=good["own_fixed"],
            capacity=good.get("own_capacity"),
        )


def with_defaults(data: QueryDict) -> QueryDict:
    """`data` with the default of each field that it does not name at all."""
    full = data.copy()
    for name, default in DEFAULTS.items():
        if name not in full:
            full[name] = default
    return full


def query_of(data: QueryDict) -> str:
    """The shortest query string that shows the same page: known fields only, without
    those at their default, in a fixed order."""
    short = QueryDict(mutable=True)
    for name, default in DEFAULTS.items():
        value = ungrouped(str(data.get(name, default)))
        if value != default:
            short[name] = value
    for name in MULTIPLE:
        short.setlist(name, [each for each in data.getlist(name) if each])
    return short.urlencode(safe="/:")
