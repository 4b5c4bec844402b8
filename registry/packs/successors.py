"""Which model follows one that is gone: the newest of its family. Pure."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

NOT_A_FAMILY: Final = frozenset({"preview", "latest", "exp", "beta", "v"})
DATE: Final = re.compile(
    r"[-@](20\d\d-?\d\d-?\d\d|\d\d-20\d\d|\d\d-\d\d$|\d{4}$|\d{6,8})"
)
"""Numbers in a name that are no version: -20250929, -2025-08-07, -09-2025, -0613."""
SOON: Final = datetime.timedelta(days=90)
ALIKE: Final = 0.75


@dataclass(frozen=True)
class Relative:
    """A model as its family sees it. `family` is empty where no source states it."""

    reference: str
    family: str = ""
    released_on: datetime.date | None = None
    retired_on: datetime.date | None = None
    deprecated_on: datetime.date | None = None
    is_listed: bool = True
    capabilities: frozenset[str] = frozenset()

    @property
    def provider(self) -> str:
        return self.reference.partition("/")[0]

    @property
    def line(self) -> str:
        """The family that a name tells: claude-3-5-haiku-20241022 → claude-haiku."""
        name = DATE.sub("", self.reference.partition("/")[2].lower())
        words = (re.sub(r"[0-9.]+", "", word) for word in re.split(r"[-_@:]", name))
        return "-".join(word for word in words if word and word not in NOT_A_FAMILY)

    @property
    def version(self) -> tuple[int, ...]:
        """The numbers in the name that are no date: gpt-5.4-mini → (5, 4)."""
        name = DATE.sub("", self.reference.partition("/")[2])
        return tuple(int(one) for one in re.findall(r"[0-9]+", name))

    def is_served(self, today: datetime.date) -> bool:
        is_retired = self.retired_on is not None and self.retired_on <= today
        return self.is_listed and not is_retired


def successor_of(
    gone: Relative,
    others: Iterable[Relative],
    *,
    required: frozenset[str] = frozenset(),
    today: datetime.date,
    is_known: bool = True,
) -> Relative | None:
    """The newest model of the same family at the same provider that is served and has
    all `required` capabilities; a newer one than `gone`, unless that was never known.
    A name that is only misspelt finds the one that it looks like."""
    fit = [
        one
        for one in others
        if one.provider == gone.provider
        and one.reference != gone.reference
        and one.is_served(today)
        and required <= one.capabilities
    ]
    kin = [
        one
        for one in fit
        if _is_kin(gone, one) and (not is_known or one.version > gone.version)
    ]
    if kin:
        return max(kin, key=lambda one: _age(one, today))
    return None if is_known else _alike(gone, fit)


def _is_kin(one: Relative, other: Relative) -> bool:
    if one.family and one.family == other.family:
        # A family may hold speech and image models too, under longer names.
        return one.line == other.line or not other.line.startswith(one.line + "-")
    return one.line == other.line


def _age(
    one: Relative, today: datetime.date
) -> tuple[bool, tuple[int, ...], bool, datetime.date, int]:
    """Later is better: not about to leave, newest version, with a known date."""
    leaves = [day for day in (one.retired_on, one.deprecated_on) if day is not None]
    is_staying = all(day > today + SOON for day in leaves)
    released = one.released_on or datetime.date.min
    has_date = one.released_on is not None
    return is_staying, one.version, has_date, released, -len(one.reference)


def _alike(gone: Relative, others: list[Relative]) -> Relative | None:
    by_name = {one.reference: one for one in others}
    close = difflib.get_close_matches(gone.reference, by_name, n=1, cutoff=ALIKE)
    return by_name[close[0]] if close else None
