"""What the page of connections shows of discoveries."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.utils import timezone

from registry.connection_endpoints import base_url_of
from registry.discovery.report import named, notes, summary
from registry.models import (
    AIModel,
    Connection,
    DiscoveryRun,
    DiscoveryState,
    Organization,
)
from registry.models.discovery_run import UNFINISHED
from registry.queries.model_status import enabled_among

SHOWN_FOR: Final = datetime.timedelta(hours=1)
"""A result that somebody asked for."""
NEWS_FOR: Final = datetime.timedelta(days=7)
"""New models, whoever found them."""
TAKEN_WITHIN: Final = datetime.timedelta(seconds=60)
FEW: Final = 12


@dataclass(frozen=True)
class DiscoveryCard:
    """One run as a card. `to_enable` are its new models that are not enabled yet."""

    run: DiscoveryRun
    to_enable: list[AIModel]
    now: datetime.datetime

    @property
    def connection(self) -> Connection:
        return self.run.connection

    @property
    def host(self) -> str:
        return urlsplit(base_url_of(self.connection)).netloc

    @property
    def is_lonely(self) -> bool:
        """Whether no worker has taken it for long."""
        waits = self.run.state == DiscoveryState.QUEUED
        return waits and self.now - self.run.asked_at > TAKEN_WITHIN

    @property
    def summary(self) -> str:
        return summary(self.run.report)

    @property
    def notes(self) -> list[str]:
        return notes(self.run.report)

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """(icon, how many of what, their first names) of everything that changed."""
        found = []
        for key, icon, one, many in (
            ("new", "ok", "new model", "new models"),
            ("back", "ok", "model is back", "models are back"),
            ("changed", "info", "changed", "changed"),
            ("gone", "warn", "gone", "gone"),
        ):
            total = self.run.report.get("counts", {}).get(key, 0)
            if total:
                names = [self._short(name) for name in self.run.report.get(key, ())]
                words = f"{total:,} {one if total == 1 else many}"
                found.append((icon, words, named(names, total)))
        return found

    @property
    def are_few(self) -> bool:
        """Few enough to enable all of them with one click."""
        return len(self.to_enable) <= FEW

    def _short(self, reference: str) -> str:
        return reference.removeprefix(f"{self.connection.provider.slug}/")


@dataclass(frozen=True)
class Discoveries:
    """The cards of a page. `place` is the one connection that the page is about."""

    cards: list[DiscoveryCard]
    place: int | None = None

    @property
    def is_running(self) -> bool:
        return any(not card.run.is_finished for card in self.cards)

    @property
    def is_lonely(self) -> bool:
        return any(card.is_lonely for card in self.cards)


def discoveries(
    organization: Organization, connection: Connection | None = None
) -> Discoveries:
    """What runs, what somebody asked for within the hour, and new models that nobody
    has looked at: the newest of each connection. Three queries."""
    runs = _noteworthy(organization)
    if connection is not None:
        runs = runs.filter(connection=connection)
    newest = runs.order_by("connection_id", "-asked_at").distinct("connection_id")
    found = sorted(newest, key=lambda run: (run.is_finished, -run.asked_at.timestamp()))
    waiting = _to_enable(organization, found)
    now = timezone.now()
    cards = [
        DiscoveryCard(run, [waiting[pk] for pk in _new_pks(run) if pk in waiting], now)
        for run in found
    ]
    return Discoveries(cards, connection.pk if connection else None)


def runs_of(organization: Organization) -> QuerySet[DiscoveryRun]:
    rows = DiscoveryRun.objects.filter(connection__organization=organization)
    return rows.select_related("connection__provider", "connection__organization")


def _noteworthy(organization: Organization) -> QuerySet[DiscoveryRun]:
    now = timezone.now()
    asked = Q(actor__isnull=False, finished_at__gt=now - SHOWN_FOR)
    news = Q(report__counts__new__gt=0, finished_at__gt=now - NEWS_FOR)
    return runs_of(organization).filter(
        Q(state__in=UNFINISHED) | (Q(dismissed_at=None) & (asked | news))
    )


def _new_pks(run: DiscoveryRun) -> list[int]:
    return list(run.report.get("new", {}).values())


def _to_enable(
    organization: Organization, runs: Iterable[DiscoveryRun]
) -> dict[int, AIModel]:
    pks = {pk for run in runs for pk in _new_pks(run)}
    if not pks:
        return {}
    today = timezone.now().date()
    rows = AIModel.objects.visible_to(organization).filter(pk__in=pks, is_listed=True)
    served = [
        one
        for one in rows.select_related("provider").order_by("model_name")
        if not one.is_retired(today)
    ]
    enabled = enabled_among(organization, served)
    return {one.pk: one for one in served if one.pk not in enabled}
