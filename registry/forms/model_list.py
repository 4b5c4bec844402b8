"""The filters of the models page, read from its address."""

from functools import cached_property
from typing import Any, Final

from django import forms
from django.utils.datastructures import MultiValueDict

from registry.capabilities import CAPABILITIES
from registry.facets import CONTEXT_BANDS, FACETS, PRICE_BANDS, UNKNOWN, Selection
from registry.models import ModelType

NOT_KNOWN: Final = (UNKNOWN, "Not known")
STATUSES: Final = (
    ("active", "Active"),
    ("available", "Available"),
    ("unavailable", "Unavailable"),
    (UNKNOWN, "Not connected"),
)
SORTS: Final = (
    ("-release", "Newest"),
    ("release", "Oldest"),
    ("input", "Input price, low first"),
    ("-input", "Input price, high first"),
    ("output", "Output price, low first"),
    ("-output", "Output price, high first"),
    ("-context", "Largest context"),
    ("context", "Smallest context"),
    ("name", "Name, A to Z"),
    ("-name", "Name, Z to A"),
)
VIEWS: Final = (("cards", "Cards"), ("table", "Table"))
PAGE_SIZES: Final = {"cards": 48, "table": 100}
LEGENDS: Final = {
    "status": "Status",
    "provider": "Provider",
    "type": "Type",
    "capability": "Capability",
    "context": "Context window",
    "price": "Price per million tokens",
    "enabled": "Enabled here",
    "open": "Open weights",
}
MAX_SEARCH: Final = 200
MAX_PAGE: Final = 100_000


class ModelListForm(forms.Form):
    """What to show. A value that is not understood is left out and named in `errors`;
    the others hold (`kept`)."""

    q = forms.CharField(
        required=False,
        max_length=MAX_SEARCH,
        error_messages={
            "max_length": f"Search for at most {MAX_SEARCH} characters; "
            "this search was left out."
        },
    )
    status = forms.MultipleChoiceField(required=False, choices=STATUSES)
    type = forms.MultipleChoiceField(
        required=False,
        choices=[
            *((value, label) for value, label in ModelType.choices if value),
            NOT_KNOWN,
        ],
    )
    capability = forms.MultipleChoiceField(
        required=False, choices=[(word, info[0]) for word, info in CAPABILITIES.items()]
    )
    context = forms.MultipleChoiceField(
        required=False,
        choices=[*((word, info[0]) for word, info in CONTEXT_BANDS.items()), NOT_KNOWN],
    )
    price = forms.MultipleChoiceField(
        required=False, choices=[*PRICE_BANDS.items(), NOT_KNOWN]
    )
    enabled = forms.MultipleChoiceField(
        required=False, choices=[("yes", "Enabled"), ("no", "Not enabled")]
    )
    open = forms.MultipleChoiceField(
        required=False, choices=[("yes", "Open"), ("no", "Closed"), NOT_KNOWN]
    )
    provider = forms.MultipleChoiceField(required=False)
    sort = forms.ChoiceField(required=False, choices=SORTS)
    view = forms.ChoiceField(required=False, choices=VIEWS)
    page = forms.IntegerField(required=False, min_value=1, max_value=MAX_PAGE)

    def __init__(
        self, data: MultiValueDict[str, str], providers: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        field = self.fields["provider"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # for mypy
        field.choices = providers

    def options(self, name: str) -> list[tuple[str, str]]:
        """(value, label) of every option of the facet `name`."""
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # for mypy
        return list(field.choices)  # type: ignore[arg-type]  # flat pairs, no groups

    @cached_property
    def kept(self) -> dict[str, Any]:
        """The values that are valid, complete with defaults."""
        kept = {name: self._kept(name) for name in self.fields}
        kept["sort"] = kept["sort"] or SORTS[0][0]
        kept["view"] = kept["view"] or VIEWS[0][0]
        kept["page"] = kept["page"] or 1
        return kept

    @property
    def messages(self) -> list[str]:
        """What was not understood, for a person."""
        return [
            str(message)
            if name == "q"
            else f"{LEGENDS.get(name, name.capitalize())}: {message} It was left out."
            for name, found in self.errors.items()
            for message in found
        ]

    @property
    def selection(self) -> Selection:
        kept = self.kept
        return Selection({name: frozenset(kept[name]) for name in FACETS if kept[name]})

    def _kept(self, name: str) -> Any:
        if name not in self.errors:
            return self.cleaned_data[name]
        field = self.fields[name]
        if not isinstance(field, forms.MultipleChoiceField):
            return field.to_python("")
        # One wrong tick must not take the right ones with it.
        data: MultiValueDict[str, str] = self.data  # type: ignore[assignment]
        return [value for value in data.getlist(name) if field.valid_value(value)]
