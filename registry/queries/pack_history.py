"""Switches of packs as they happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from registry.models import Organization, Pack, PackSwitch
from registry.queries.pack_roll_back import last_switch


@dataclass(frozen=True)
class SwitchRow:
    """A switch, or the roll-back of one. `feature_count` got something set by it."""

    switch: PackSwitch
    feature_count: int
    is_undone: bool
    can_roll_back: bool

    @property
    def title(self) -> str:
        """`mixed-pack v2 → mixed-pack v3`."""
        before, after = self.switch.from_version, self.switch.to_version
        return f"{before or 'no pack'} → {after or 'no pack'}"

    @property
    def is_roll_back(self) -> bool:
        return self.switch.undoes_id is not None


def switch_rows(
    organization: Organization, limit: int = 50, pack: Pack | None = None
) -> list[SwitchRow]:
    """Newest first; of one pack: to it or away from it. Two queries."""
    found = switches_of(organization)
    if pack is not None:
        found = found.filter(Q(from_version__pack=pack) | Q(to_version__pack=pack))
    return rows_of(organization, found[:limit])


def switches_of(organization: Organization) -> QuerySet[PackSwitch]:
    """Newest first, each with how many features it set."""
    return (
        PackSwitch.objects.filter(organization=organization)
        .select_related("from_version__pack", "to_version__pack", "actor", "undone_by")
        .annotate(feature_count=Count("revisions"))
        .order_by("-at", "-id")
    )


def rows_of(
    organization: Organization, switches: Iterable[PackSwitch]
) -> list[SwitchRow]:
    """Those of `switches_of`, with what became of each."""
    newest = last_switch(organization)
    return [
        SwitchRow(
            switch=one,
            feature_count=getattr(one, "feature_count", 0),
            is_undone=hasattr(one, "undone_by"),
            can_roll_back=newest is not None and one.pk == newest.pk,
        )
        for one in switches
    ]
