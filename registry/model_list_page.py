"""What the models page shows around its cards: facets, chips, pages. Pure."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from registry.capabilities import CAPABILITIES
from registry.facets import FACETS
from registry.forms.model_list import LEGENDS, ModelListForm
from registry.model_list_address import ListAddress

FIRST_PROVIDERS: Final = 8
SHOWN_FIRST: Final = {"provider": FIRST_PROVIDERS, "capability": 7}
ORDER: Final = (
    "status",
    "type",
    "capability",
    "provider",
    "price",
    "context",
    "enabled",
    "open",
)
HINTS: Final = {
    "capability": "A model must have all that are ticked.",
    "price": "Three input tokens to one output.",
}


@dataclass(frozen=True)
class FacetOption:
    value: str
    label: str
    count: int
    is_ticked: bool
    element_id: str
    meaning: str = ""


@dataclass(frozen=True)
class FacetGroup:
    """One facet. Options from place `shown` on are behind "show all"; a ticked one
    never hides there."""

    name: str
    legend: str
    hint: str
    options: list[FacetOption]
    shown: int

    @property
    def has_rest(self) -> bool:
        return self.shown < len(self.options)


@dataclass(frozen=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    href: str


def facet_groups(
    form: ModelListForm, counts: dict[str, Counter[str]]
) -> list[FacetGroup]:
    return [_group(form, name, counts[name]) for name in ORDER]


def chips(form: ModelListForm) -> list[Chip]:
    """One for the search words and one for each ticked option."""
    kept = form.kept
    address = ListAddress(kept)
    found = [Chip(f"“{kept['q']}”", address.with_(q=""))] if kept["q"] else []
    for name in FACETS:
        labels = dict(form.options(name))
        found += [
            Chip(f"{LEGENDS[name]}: {labels[value]}", address.without(name, value))
            for value in kept[name]
        ]
    return found


def page_numbers(page: int, pages: int) -> list[int]:
    """First, last and the ones around `page`; 0 stands for a gap."""
    near = {1, page - 1, page, page + 1, pages}
    numbers = sorted(number for number in near if 1 <= number <= pages)
    shown: list[int] = []
    for number in numbers:
        if shown and number - shown[-1] > 1:
            shown.append(0)
        shown.append(number)
    return shown


def _group(form: ModelListForm, name: str, counts: Counter[str]) -> FacetGroup:
    ticked = set(form.kept[name])
    options = [
        FacetOption(
            value=value,
            label=label,
            count=counts[value],
            is_ticked=value in ticked,
            element_id=f"n-{name}-{place}",
            meaning=CAPABILITIES[value][2] if name == "capability" else "",
        )
        for place, (value, label) in enumerate(form.options(name))
    ]
    limit = SHOWN_FIRST.get(name, len(options))
    first = [one for place, one in enumerate(options) if place < limit or one.is_ticked]
    rest = [one for one in options[limit:] if not one.is_ticked]
    return FacetGroup(
        name, LEGENDS[name], HINTS.get(name, ""), [*first, *rest], len(first)
    )
