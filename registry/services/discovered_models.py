"""Brings the registry in line with what one connection offers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from registry.acting import actor_name
from registry.discovery.facts import changed_facts, facts_of, has_usable_name, size_of
from registry.discovery.local import runs_locally
from registry.discovery.matching import Known, Matched, Offer, match
from registry.discovery.report import DiscoveryReport
from registry.models import (
    AIModel,
    AuditEntry,
    Connection,
    ConnectionModel,
    ModelAlias,
    Organization,
    Price,
    User,
)
from registry.providers.adapter import OfferedModel
from registry.rates import RatesDocument, base_rates
from registry.snapshots import snapshot, stated

LOCAL: Final = "local model"
NOTHING_TO_PAY: Final = "It runs on your own server: a call costs nothing."
AT_A_TIME: Final = 1_000


@dataclass(frozen=True, kw_only=True)
class ListedAt:
    """Where a list was read: the connection, the way it is spoken to, and when."""

    connection: Connection
    dialect: str
    base_url: str
    at: datetime.datetime
    actor: User | None = None

    @property
    def source(self) -> str:
        return f"{self.connection.provider.name} discovery"


def apply_list(listed: ListedAt, offered: Sequence[OfferedModel]) -> DiscoveryReport:
    """Notes which models the connection offers and which it no longer does, adds those
    that nobody knew as the organisation's own, and updates the facts of its own ones.
    Facts that a person edited and the shared catalogue stay as they are.

    Call it in a transaction. The same list a second time changes nothing.
    """
    organization = listed.connection.organization
    # Two connections of an organisation may offer the same new model.
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    slug = listed.connection.provider.slug
    matched = match(
        offered, known_models(listed.connection), lambda one: has_usable_name(one, slug)
    )
    batch = _Batch(listed, matched)
    batch.update_facts()
    batch.create()
    batch.note_offers()
    batch.note_gone()
    AuditEntry.objects.bulk_create(batch.trail, batch_size=AT_A_TIME)
    return batch.report


def known_models(connection: Connection) -> Known:
    """The models of the connection's provider that its organisation sees."""
    exact: dict[str, tuple[int, ...]] = {}
    rows = AIModel.objects.visible_to(connection.organization).order_by()
    of_provider = rows.filter(provider_id=connection.provider_id)
    for name, pk in of_provider.values_list("model_name", "pk"):
        exact[name] = (*exact.get(name, ()), pk)
    aliases = ModelAlias.objects.filter(provider_id=connection.provider_id)
    pointing = aliases.exclude(ai_model=None).values_list("alias", "ai_model_id")
    return Known(exact, {alias: pk for alias, pk in pointing if pk is not None})


class _Batch:
    """The rows to write, so that the database is asked a few times, not thousands."""

    def __init__(self, listed: ListedAt, matched: Matched) -> None:
        self.listed, self.matched = listed, matched
        self.connection = listed.connection
        self.offers = list(matched.offers)
        self.trail: list[AuditEntry] = []
        self.report = DiscoveryReport(
            unusable=matched.unusable, left_out=matched.left_out
        )

    def update_facts(self) -> None:
        """Own models only: what the catalogue says holds for everybody."""
        facts = {offer.pk: facts_of(offer.offered) for offer in self.offers}
        own = AIModel.objects.filter(organization=self.connection.organization)
        rows = own.filter(pk__in=facts).select_related("provider")
        changed, confirmed = [], []
        for row in rows.select_for_update(of=("self",)):
            if self._take_over(row, facts[row.pk]):
                changed.append(row)
            elif self._confirm(row, facts[row.pk]):
                confirmed.append(row)
        written = ["search_text", "updated_at", "fact_sources", *_fields(facts)]
        AIModel.objects.bulk_update(changed, written, batch_size=200)
        AIModel.objects.bulk_update(confirmed, ["fact_sources"], batch_size=200)

    def create(self) -> None:
        rows = [self._row(one) for one in self.matched.unknown]
        # A person may have added one of them at this moment.
        AIModel.objects.bulk_create(rows, batch_size=AT_A_TIME, ignore_conflicts=True)
        own = AIModel.objects.filter(
            organization=self.connection.organization,
            provider=self.connection.provider,
            model_name__in=[row.model_name for row in rows],
        )
        by_name = {row.model_name: row for row in own.select_related("provider")}
        created = [by_name[one.model_name] for one in self.matched.unknown]
        self.offers += [
            Offer(row.pk, one)
            for row, one in zip(created, self.matched.unknown, strict=True)
        ]
        for row in created:
            self._trace(row, "model.discovered", None, stated(row))
        self.report.created = [row.reference for row in created]
        self._price(created)

    def note_offers(self) -> None:
        """Every offered model, with what changes from hour to hour."""
        known = {one.ai_model_id: one for one in self.connection.offered_models.all()}
        new = [self._link(one) for one in self.offers if one.pk not in known]
        here = [(known[one.pk], one) for one in self.offers if one.pk in known]
        back = [row for row, _ in here if not row.is_available]
        noted = [row for row, offer in here if _note(row, offer)]
        for row in back:
            row.is_available, row.reason, row.changed_at = True, "", self.listed.at
        ConnectionModel.objects.bulk_create(new, batch_size=AT_A_TIME)
        # Apart: what only is noted does not make every process read its snapshot again.
        _update(back, ["is_available", "reason", "changed_at"])
        _update(noted, ["is_loaded", "size_bytes", "offered_as"])
        offered = [one.pk for one in self.offers]
        self.connection.offered_models.filter(ai_model__in=offered).update(
            seen_at=self.listed.at
        )
        names = _references(one.ai_model_id for one in new)
        self.report.new = {name: pk for pk, name in names.items()}
        self.report.back = list(_references(one.ai_model_id for one in back).values())
        self.report.offered = len(self.offers)

    def note_gone(self) -> None:
        here = self.connection.offered_models.filter(is_available=True)
        gone = here.exclude(ai_model__in=[one.pk for one in self.offers])
        names = _references(gone.values_list("ai_model_id", flat=True))
        gone.update(
            is_available=False,
            is_loaded=None,
            reason=f"{self.connection.provider.name} no longer offers it.",
            changed_at=self.listed.at,
        )
        self.report.gone = list(names.values())

    def _take_over(self, row: AIModel, facts: dict[str, Any]) -> bool:
        current = {name: getattr(row, name) for name in facts}
        new = changed_facts(current, row.fact_sources, facts)
        if not new:
            return False
        before = snapshot(row)
        for name, value in new.items():
            setattr(row, name, value)
        self._confirm(row, facts)
        row.search_text = row.build_search_text()
        row.updated_at = self.listed.at
        after = snapshot(row)
        old = {name: before[name] for name in new}
        self._trace(row, "model.rediscovered", old, {name: after[name] for name in new})
        self.report.changed[row.reference] = list(new)
        return True

    def _confirm(self, row: AIModel, facts: dict[str, Any]) -> bool:
        """Note where the facts come from; whether that is news."""
        sources = row.fact_sources | {
            name: self._source()
            for name in facts
            if (row.fact_sources.get(name) or {}).get("source") != "edited"
        }
        is_news = bool(sources != row.fact_sources)
        row.fact_sources = sources
        return is_news

    def _row(self, offered: OfferedModel) -> AIModel:
        facts = {"name": offered.model_name} | facts_of(offered)
        row = AIModel(
            organization=self.connection.organization,
            provider=self.connection.provider,
            model_name=offered.model_name,
            fact_sources={name: self._source() for name in ("model_name", *facts)},
            **facts,
        )
        row.search_text = row.build_search_text()
        return row

    def _price(self, created: Sequence[AIModel]) -> None:
        """A price of zero for what runs on one's own server; of anything else the
        price is not known, which is not the same."""
        rates: RatesDocument = {"standard": {"input_mtok": "0", "output_mtok": "0"}}
        local = [
            row
            for row in created
            if runs_locally(self.listed.dialect, self.listed.base_url, row.model_name)
        ]
        Price.objects.bulk_create(
            Price(
                ai_model=row,
                rates=rates,
                source=LOCAL,
                read_on=self.listed.at.date(),
                note=NOTHING_TO_PAY,
                **base_rates(rates),
            )
            for row in local
        )
        for row in local:
            self._trace(row, "price.added", None, {"rates": rates}, NOTHING_TO_PAY)

    def _link(self, offer: Offer) -> ConnectionModel:
        return ConnectionModel(
            connection=self.connection,
            ai_model_id=offer.pk,
            is_loaded=offer.offered.is_loaded,
            size_bytes=size_of(offer.offered),
            offered_as=offer.offered_as,
            changed_at=self.listed.at,
            seen_at=self.listed.at,
        )

    def _source(self) -> dict[str, str]:
        return {
            "source": self.listed.source,
            "read_on": self.listed.at.date().isoformat(),
        }

    def _trace(
        self,
        row: AIModel,
        action: str,
        before: dict[str, Any] | None,
        after: dict[str, Any] | None,
        note: str = "",
    ) -> None:
        actor = self.listed.actor
        self.trail.append(
            AuditEntry(
                organization=self.connection.organization,
                actor=actor,
                actor_label=actor_name(actor),
                action=action,
                object_type="aimodel",
                object_id=str(row.pk),
                object_label=row.reference[:400],
                before=before,
                after=after,
                note=note or f"Found at {self.connection.label}"[:400],
            )
        )


def _note(row: ConnectionModel, offer: Offer) -> bool:
    """Set on `row` (unsaved) what the server says of itself; whether that is news."""
    before = (row.is_loaded, row.size_bytes, row.offered_as)
    row.is_loaded = offer.offered.is_loaded
    row.size_bytes = size_of(offer.offered)
    row.offered_as = offer.offered_as
    return before != (row.is_loaded, row.size_bytes, row.offered_as)


def _update(rows: list[ConnectionModel], fields: list[str]) -> None:
    ConnectionModel.objects.bulk_update(rows, fields, batch_size=200)


def _fields(facts: dict[int, dict[str, Any]]) -> list[str]:
    return sorted({name for stated in facts.values() for name in stated})


def _references(pks: Iterable[int]) -> dict[int, str]:
    rows = AIModel.objects.filter(pk__in=list(pks)).order_by("model_name")
    found = rows.values_list("pk", "provider__slug", "model_name")
    return {pk: f"{slug}/{name}" for pk, slug, name in found}
