"""One call told by two spans, the one around the other. Pure.

An agent or a framework may repeat the tokens of the call that it makes in a span of its
own: only the innermost span counts. The inner one ends, and so arrives, first; what it
lies in is remembered for a while, as the outer one may come in a later request.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final

from analytics.otlp.spans import Span

MOST: Final = 50_000
"""Spans around calls that are remembered by a process."""


class Surroundings:
    """Which spans lie around calls that were told. Used by one thread at a time."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._around: OrderedDict[str, None] = OrderedDict()

    def outer_calls(
        self, spans: Iterable[Span], calls: Sequence[Span]
    ) -> frozenset[str]:
        """The keys of those `calls` that lie around another call. `spans` are all that
        came with them, so that what lies between two calls is known."""
        parents = {
            one.key: one.trace_id + one.parent_id for one in spans if one.parent_id
        }
        around: set[str] = set()
        for one in calls:
            self._climb(parents, parents.get(one.key), around)
        for key in parents:
            # A span that lies around a call of an earlier request lies in others, too.
            if key in self._around:
                self._climb(parents, parents[key], around)
        outer = frozenset(
            one.key for one in calls if one.key in around or one.key in self._around
        )
        self._remember(around)
        return outer

    @staticmethod
    def _climb(parents: dict[str, str], key: str | None, around: set[str]) -> None:
        while key is not None and key not in around:
            around.add(key)
            key = parents.get(key)

    def _remember(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._around[key] = None
            self._around.move_to_end(key)
        while len(self._around) > self._most:
            self._around.popitem(last=False)
