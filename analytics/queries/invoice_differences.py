"""What is recorded beside what providers invoiced, by model and day (UTC)."""

from __future__ import annotations

import datetime
import zoneinfo
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from analytics.intake.spellings import said_name, slugs_of
from analytics.models import ProviderInvoiceLine
from analytics.queries.measures import measure
from analytics.queries.told_names import Kind, invoiced_kinds, kind_of
from analytics.questions import Dimension, Question, Step
from analytics.sums import Sums, total
from registry.models import AIModel, Organization

UTC: Final = zoneinfo.ZoneInfo("UTC")
ONE_DAY: Final = datetime.timedelta(days=1)
HUNDRED: Final = Decimal(100)
ONLY_HERE: Final = "not on the invoice"
NO_MODEL: Final = "no model matches this name"


@dataclass(kw_only=True)
class Difference:
    """One model, or a provider's whole day. `ours` is None where no model matches what
    the invoice says; dollars and tokens of theirs are None where no file said them."""

    day: datetime.date
    name: str
    ours: Sums | None
    theirs_usd: Decimal | None = None
    theirs_tokens: int | None = None
    note: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def ours_usd(self) -> Decimal | None:
        """None where nothing of it has a price."""
        if self.ours is None or (
            self.ours.calls and self.ours.unpriced_calls == self.ours.calls
        ):
            return None
        return self.ours.cost_usd

    @property
    def ours_tokens(self) -> int | None:
        return self.ours.tokens if self.ours is not None else None

    @property
    def change_usd(self) -> Decimal | None:
        """Ours less theirs."""
        if self.ours_usd is None or self.theirs_usd is None:
            return None
        return self.ours_usd - self.theirs_usd

    @property
    def percent(self) -> Decimal | None:
        """Of theirs."""
        if self.change_usd is None or not self.theirs_usd:
            return None
        return HUNDRED * self.change_usd / self.theirs_usd


def invoice_differences(
    organization: Organization, first: datetime.date, last: datetime.date
) -> list[Difference]:
    """Of days from `first` to `last` that an invoice was imported of, the newest first,
    and there the largest. Models that were used on such a day and are not on the
    invoice of their provider are in it too.

    What is compared are models of one name at one provider: consoles bill
    `gpt-5-mini-2025-08-07` for calls of `gpt-5-mini`, and write `Claude Sonnet 4.5`."""
    lines = list(
        ProviderInvoiceLine.objects.filter(
            organization=organization, day__gte=first, day__lte=last
        )
    )
    if not lines:
        return []
    ours = _ours(organization, first, last)
    kinds = invoiced_kinds(organization, {(one.provider, one.model) for one in lines})
    found: dict[tuple[datetime.date, object], Difference] = {}
    for line in lines:
        kind = kinds.get((line.provider, line.model))
        key = kind or (line.provider, line.model, "")
        one = found.get((line.day, key))
        if one is None:
            recorded = ours.get((line.day, kind)) if kind else None
            one = found[line.day, key] = Difference(
                day=line.day,
                name=recorded.name if recorded else _said(line),
                ours=_counterpart(line, kind, ours),
                note="" if kind or not line.model else NO_MODEL,
            )
        _add(one, line)
    for one in found.values():
        one.note = one.note or _invoiced_as(one)
    _add_only_ours(found, lines, ours)
    return sorted(
        found.values(),
        key=lambda one: (-one.day.toordinal(), -(one.theirs_usd or 0), one.name),
    )


def days_of(
    found: Iterable[Difference],
) -> list[tuple[datetime.date, Decimal, Decimal]]:
    """Dollars a day, ours and theirs, of what both sides know."""
    days: defaultdict[datetime.date, list[Decimal]] = defaultdict(
        lambda: [Decimal(0), Decimal(0)]
    )
    for one in found:
        if one.ours_usd is not None and one.theirs_usd is not None:
            days[one.day][0] += one.ours_usd
            days[one.day][1] += one.theirs_usd
    return [(day, ours, theirs) for day, (ours, theirs) in sorted(days.items())]


@dataclass
class Recorded:
    """What is recorded of the models of one kind on one day."""

    references: list[str] = field(default_factory=list)
    sums: list[Sums] = field(default_factory=list)

    @property
    def name(self) -> str:
        return ", ".join(sorted(self.references))


Ours = dict[tuple[datetime.date, Kind], Recorded]


def _ours(
    organization: Organization, first: datetime.date, last: datetime.date
) -> Ours:
    answer = measure(
        Question(
            organization_id=organization.pk,
            start=datetime.datetime.combine(first, datetime.time(), UTC),
            end=datetime.datetime.combine(last + ONE_DAY, datetime.time(), UTC),
            zone=UTC,
            step=Step.DAY,
            split=(Dimension.MODEL,),
        )
    )
    models = AIModel.objects.select_related("provider").in_bulk(
        {part.keys[0] for part in answer.parts if isinstance(part.keys[0], int)}
    )
    found: Ours = defaultdict(Recorded)
    for part in answer.parts:
        model = models.get(part.keys[0])
        if model is not None and part.start is not None:
            recorded = found[part.start.date(), kind_of(model)]
            recorded.references.append(model.reference)
            recorded.sums.append(part.sums)
    return dict(found)


def _said(line: ProviderInvoiceLine) -> str:
    return said_name(line.provider, line.model or "all models")


def _counterpart(
    line: ProviderInvoiceLine, kind: Kind | None, ours: Ours
) -> Sums | None:
    if kind is not None:
        recorded = ours.get((line.day, kind))
        return total(recorded.sums) if recorded else Sums()
    if line.model:
        return None
    slugs = slugs_of(line.provider)
    return total(
        sums
        for (day, (slug, _)), recorded in ours.items()
        if day == line.day and slug in slugs
        for sums in recorded.sums
    )


def _invoiced_as(one: Difference) -> str:
    """The words of the invoice, where they are others."""
    others = sorted({word for word in one.said if word and word not in one.name})
    return f"invoiced as {', '.join(others)}" if others else ""


def _add(one: Difference, line: ProviderInvoiceLine) -> None:
    one.said.append(line.model)
    if line.usd is not None:
        one.theirs_usd = (one.theirs_usd or Decimal(0)) + line.usd
    if line.input_tokens is not None or line.output_tokens is not None:
        tokens = (line.input_tokens or 0) + (line.output_tokens or 0)
        one.theirs_tokens = (one.theirs_tokens or 0) + tokens


def _add_only_ours(
    found: dict[tuple[datetime.date, object], Difference],
    lines: Iterable[ProviderInvoiceLine],
    ours: Ours,
) -> None:
    by_model = {
        (line.day, slug)
        for line in lines
        if line.model
        for slug in slugs_of(line.provider)[:1]
    }
    for (day, kind), recorded in ours.items():
        if (day, kind) not in found and (day, kind[0]) in by_model:
            found[day, kind] = Difference(
                day=day, name=recorded.name, ours=total(recorded.sums), note=ONLY_HERE
            )
