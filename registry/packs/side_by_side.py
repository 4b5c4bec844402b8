"""Two pack documents side by side, setting by setting. Pure."""

from dataclasses import dataclass

from registry.assignment_state import AssignmentState, Change
from registry.packs.document import PackDocument, PackFeature


@dataclass(frozen=True)
class Pair:
    """One feature in which two documents differ. A document without it has None in
    every line."""

    key: str
    lines: tuple[Change, ...]


def side_by_side(before: PackDocument, after: PackDocument) -> tuple[Pair, ...]:
    """The features in which the two differ, by key."""
    keys = sorted(before.by_key.keys() | after.by_key.keys())
    pairs = (Pair(key, _lines(before.feature(key), after.feature(key))) for key in keys)
    return tuple(pair for pair in pairs if pair.lines)


def _lines(before: PackFeature | None, after: PackFeature | None) -> tuple[Change, ...]:
    old, new = _rows(before), _rows(after)
    return tuple(
        Change(label, old.get(label), new.get(label))
        for label in (old | new)
        if old.get(label) != new.get(label)
    )


def _rows(feature: PackFeature | None) -> dict[str, str | None]:
    if feature is None:
        return {}
    state = AssignmentState(feature.model, feature.fallbacks, dict(feature.parameters))
    more = {"Prompt": feature.prompt or None, "Note": feature.note or None}
    return state.rows() | more
