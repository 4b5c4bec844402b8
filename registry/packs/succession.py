"""A pack with the successors of models that are gone. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from registry.packs.document import NOTE_LENGTH, PackDocument, PackFeature
from registry.packs.findings import Finding


@dataclass(frozen=True)
class Succession:
    """One model that is proposed to take another's place, and where."""

    before: str
    after: str
    features: tuple[str, ...]


def successions(findings: Iterable[Finding]) -> tuple[Succession, ...]:
    """What the findings propose, once for each pair of models."""
    places: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        if one.proposal and one.model and one.proposal != one.model:
            keys = places.setdefault((one.model, one.proposal), [])
            if one.feature not in keys:
                keys.append(one.feature)
    return tuple(
        Succession(before, after, tuple(keys))
        for (before, after), keys in places.items()
    )


def with_successors(
    document: PackDocument, chosen: Iterable[Succession]
) -> PackDocument:
    """The document with each successor in the place of the model before it, and a
    note that says so. A fallback that would stand twice is left out."""
    pairs = list(chosen)
    by_feature: dict[str, dict[str, str]] = {}
    for one in pairs:
        for key in one.features:
            by_feature.setdefault(key, {})[one.before] = one.after
    note = "Successors: " + ", ".join(f"{one.before} → {one.after}" for one in pairs)
    return replace(
        document,
        note=note[:NOTE_LENGTH],
        features=tuple(
            _succeeded(feature, by_feature.get(feature.key, {}))
            for feature in document.features
        ),
    )


def _succeeded(feature: PackFeature, after: Mapping[str, str]) -> PackFeature:
    model = after.get(feature.model, feature.model)
    order = dict.fromkeys(after.get(one, one) for one in feature.fallbacks)
    fallbacks = tuple(one for one in order if one != model)
    return replace(feature, model=model, fallbacks=fallbacks)
