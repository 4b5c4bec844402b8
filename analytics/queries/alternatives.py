"""Models and packs to re-price traffic on, by what was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analytics.bands.what_if import Alternative, ModelFacts
from analytics.queries.what_if import model_facts
from registry.models import AIModel, Feature, Organization, Pack, PackEntry
from registry.queries.candidates import enabled_models
from registry.queries.packs import pack_named, packs_of
from registry.queries.references import resolve_references, similar_references

PACK: Final = "pack:"
MIX: Final = "mix"
MIX_LABEL: Final = "Your mix"


@dataclass(frozen=True)
class Found:
    """Alternatives in the order asked for; `problems` are sentences about the rest."""

    alternatives: tuple[Alternative, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Offer:
    """Something to add: its name for the address and its label."""

    name: str
    label: str


def find_alternatives(
    organization: Organization, names: Sequence[str], mix: Mapping[str, str]
) -> Found:
    """`names` are `provider/model`, for every feature, or `pack:slug`; `mix` is a model
    by the key of a feature, of which one more alternative is made."""
    references = [one for one in names if not one.startswith(PACK)]
    known = resolve_references([*references, *mix.values()], organization)
    features = dict(
        Feature.objects.filter(organization=organization).values_list("key", "pk")
    )
    found: list[Alternative] = []
    problems: list[str] = []
    for name in dict.fromkeys(names):
        if name.startswith(PACK):
            one = _of_pack(organization, name, features)
        else:
            one = _of_model(name, known.get(name))
        if one is None:
            problems.append(_problem(organization, name))
        else:
            found.append(one)
    if mix:
        chosen, wrong = _mix(organization, mix, known, features)
        problems += wrong
        if chosen:
            found.append(Alternative(MIX, MIX_LABEL, by_feature=chosen))
    return Found(tuple(found), tuple(problems))


def offers(organization: Organization, most: int = 200) -> list[Offer]:
    """The organisation's packs and enabled models, to choose from."""
    packs = [Offer(f"{PACK}{one.slug}", one.name) for one in packs_of(organization)]
    models = [
        Offer(one.reference, one.name) for one in enabled_models(organization)[:most]
    ]
    return [*packs, *models]


def _of_model(name: str, ai_model: AIModel | None) -> Alternative | None:
    if ai_model is None:
        return None
    return Alternative(name, ai_model.model_name, everywhere=model_facts(ai_model))


def _of_pack(
    organization: Organization, name: str, features: Mapping[str, int]
) -> Alternative | None:
    pack = pack_named(organization, name.removeprefix(PACK)[:60])
    entries = _entries(pack) if pack else None
    if pack is None or entries is None:
        return None
    by_feature = {
        features[one.feature_key]: model_facts(one.ai_model)
        for one in entries
        if one.ai_model and one.feature_key in features
    }
    unknown = tuple(one.model_reference for one in entries if not one.ai_model)
    return Alternative(name, pack.name, by_feature=by_feature, unknown=unknown)


def _entries(pack: Pack) -> Sequence[PackEntry] | None:
    newest = pack.versions.order_by("-number").first()
    if newest is None:
        return None
    return list(newest.entries.select_related("ai_model__provider"))


def _mix(
    organization: Organization,
    mix: Mapping[str, str],
    known: Mapping[str, AIModel],
    features: Mapping[str, int],
) -> tuple[dict[int, ModelFacts], list[str]]:
    chosen: dict[int, ModelFacts] = {}
    wrong: list[str] = []
    for key, reference in mix.items():
        if key not in features:
            wrong.append(f"There is no feature “{key[:80]}”.")
        elif reference not in known:
            wrong.append(_problem(organization, reference))
        else:
            chosen[features[key]] = model_facts(known[reference])
    return chosen, wrong


def _problem(organization: Organization, name: str) -> str:
    if name.startswith(PACK):
        return f"There is no pack “{name.removeprefix(PACK)[:60]}” here."
    near = _first(similar_references(name, organization))
    hint = f" Did you mean {near}?" if near else ""
    return f"No model “{name[:200]}” is known here.{hint}"


def _first(words: Iterable[str]) -> str:
    return next(iter(words), "")
