"""Which known models the names of a provider's list stand for. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.providers.adapter import OfferedModel

LATEST: Final = ":latest"
MOST_NEW: Final = 2_000
"""So many models that nobody knew are added at once; a list with more is odd."""


@dataclass(frozen=True)
class Known:
    """Primary keys of known models of one provider: `exact` by model name (the
    organisation's own and the catalogue's), `aliases` by moving name."""

    exact: Mapping[str, tuple[int, ...]]
    aliases: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """One known model that is offered. `offered_as` is the name it is offered under,
    where that is another than its own."""

    pk: int
    offered: OfferedModel
    offered_as: str = ""


@dataclass(frozen=True)
class Matched:
    """A list sorted out: `offers` of known models, `unknown` ones to add, and how many
    names were `unusable` or `left_out` because there were too many new ones."""

    offers: list[Offer]
    unknown: list[OfferedModel]
    unusable: int = 0
    left_out: int = 0


def match(
    offered: Iterable[OfferedModel],
    known: Known,
    is_usable: Callable[[OfferedModel], bool],
) -> Matched:
    """Each model once. Its exact name wins over an alias that points to it; of a name
    that stands in the list twice the first counts."""
    by_name = {one.model_name: one for one in reversed(list(offered))}
    usable = [one for one in reversed(by_name.values()) if is_usable(one)]
    offers: dict[int, Offer] = {}
    unknown: list[OfferedModel] = []
    aliased: list[Offer] = []
    for one in usable:
        name = one.model_name
        pks = known.exact.get(name, ())
        if pks:
            offers |= {pk: Offer(pk, one) for pk in pks}
        elif (other := other_name(name)) in known.exact:
            aliased += [Offer(pk, one, name) for pk in known.exact[other]]
        elif name in known.aliases:
            aliased.append(Offer(known.aliases[name], one, name))
        else:
            unknown.append(one)
    for offer in aliased:
        offers.setdefault(offer.pk, offer)
    return Matched(
        offers=list(offers.values()),
        unknown=unknown[:MOST_NEW],
        unusable=len(by_name) - len(usable),
        left_out=len(unknown[MOST_NEW:]),
    )


def other_name(name: str) -> str:
    """Ollama writes `llama3.2` and `llama3.2:latest` for the same model."""
    if name.endswith(LATEST):
        return name.removesuffix(LATEST)
    return name if ":" in name else name + LATEST
