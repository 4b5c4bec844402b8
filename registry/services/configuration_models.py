"""Custom models, settings of models and negotiated prices as a configuration wants
them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from registry.configuration.planning import Change
from registry.configuration.section import Entry
from registry.models import AIModel, Price
from registry.queries.configuration import DATES, DECIMALS, price_entry
from registry.services.configuration_work import Work
from registry.services.custom_models import (
    CustomFacts,
    ModelInUse,
    delete_custom_model,
    edit_custom_model,
    retire_custom_model,
)
from registry.services.custom_models_bulk import add_custom_models
from registry.services.model_settings import Configuration, ModelRefused
from registry.services.model_settings_bulk import (
    ModelsRefused,
    NewSetting,
    set_models,
)
from registry.services.prices import end_negotiated_price, set_negotiated_price


def apply_custom_models(work: Work) -> None:
    new = work.changes("custom_models", "create")
    try:
        add_custom_models(
            organization=work.organization,
            wanted=[(one.key, _given(one.entry)) for one in new],
            **work.by,
        )
    except ModelsRefused as error:
        work.refuse("custom_models", error.problems)
    changed = work.changes("custom_models", "change")
    rows = _own(work, [one.key for one in changed])
    for one in changed:
        with work.attempt(one):
            edit_custom_model(
                ai_model=rows[one.key],
                seen_at=rows[one.key].updated_at,
                given=_given({**one.entry, "rates": one.after.get("rates")}),
                **work.by,
            )


def remove_custom_models(work: Work) -> None:
    gone = work.changes("custom_models", "remove")
    rows = _own(work, [one.key for one in gone])
    for one in gone:
        with work.attempt(one):
            try:
                delete_custom_model(ai_model=rows[one.key], **work.by)
            except ModelInUse:
                # Its history needs it: then it only serves no new work.
                retire_custom_model(ai_model=rows[one.key], **work.by)


def apply_models(work: Work) -> None:
    """Those that stay or become enabled; the others are switched off at the end, when
    nothing uses them any more."""
    changes = work.changes("models")
    _set(work, [one for one in changes if one.entry["enabled"]])
    priced = [one for one in changes if "negotiated_prices" in one.after]
    for one in priced:
        with work.attempt(one, "negotiated_prices"):
            _agree(work, one)


def switch_models_off(work: Work) -> None:
    changes = work.changes("models")
    _set(work, [one for one in changes if not one.entry["enabled"]])
    gone = work.changes("models", "remove")
    _set(work, gone, is_gone=True)
    for one in gone:
        if one.before.get("negotiated_prices"):
            with work.attempt(one):
                _agree(work, one)


def _set(work: Work, changes: list[Change], *, is_gone: bool = False) -> None:
    names = {one.key for one in changes}
    names |= {name for one in changes for name in one.entry.get("fallbacks", ())}
    known = work.models(names)
    wanted = []
    for one in changes:
        # Without a savepoint each: nothing is written yet.
        try:
            if is_gone:
                nothing = Configuration()
                wanted.append(NewSetting(work.model(one.key), False, nothing))
            else:
                wanted.append(_setting(work, known, one))
        except ModelRefused as error:
            work.refuse("models", {one.key: str(error)})
    try:
        set_models(organization=work.organization, wanted=wanted, **work.by)
    except ModelsRefused as error:
        work.refuse("models", error.problems)


def _setting(work: Work, known: dict[str, AIModel], one: Change) -> NewSetting:
    entry, limit = one.entry, one.entry["monthly_limit_usd"]
    return NewSetting(
        known.get(one.key) or work.model(one.key),
        entry["enabled"],
        Configuration(
            entry["parameters"],
            [known.get(name) or work.model(name) for name in entry["fallbacks"]],
            entry["use_batch_price"],
            None if limit is None else Decimal(limit),
            entry["notes"],
        ),
    )


def _agree(work: Work, change: Change) -> None:
    """Take back what is not wanted, then agree what is missing, in order of time."""
    model, now = work.model(change.key), timezone.now()
    wanted = [_current(one, now) for one in change.entry.get("negotiated_prices", [])]
    if change.action == "remove":
        wanted = []
    rows = Price.objects.filter(
        Q(effective_to=None) | Q(effective_to__gt=now),
        organization=work.organization,
        ai_model=model,
    ).order_by("-effective_from")
    kept = []
    for row in rows:
        entry = price_entry(row, now)
        replaces = "from" not in entry and any("from" not in one for one in wanted)
        if entry in wanted:
            kept.append(entry)
        elif not replaces:
            end_negotiated_price(price=row, **work.by)
    for one in wanted:
        if one not in kept:
            set_negotiated_price(
                organization=work.organization,
                ai_model=model,
                discount_percent=_decimal(one.get("discount_percent")),
                rates=one.get("rates"),
                effective_from=_moment(one.get("from")),
                effective_to=_moment(one.get("to")),
                note=one.get("note", ""),
                **work.by,
            )


def _current(entry: Entry, now: datetime.datetime) -> Entry:
    """A price whose beginning has passed holds now."""
    start = _moment(entry.get("from"))
    if start is None or start > now:
        return entry
    return {name: one for name, one in entry.items() if name != "from"}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moment(text: str | None) -> datetime.datetime | None:
    return None if text is None else datetime.datetime.fromisoformat(text)


def _given(entry: Entry) -> CustomFacts:
    facts: dict[str, Any] = {
        name: one for name, one in entry.items() if name != "rates"
    }
    for name in DECIMALS:
        facts[name] = _decimal(facts.get(name))
    for name in DATES:
        said = facts.get(name)
        facts[name] = datetime.date.fromisoformat(said) if said else None
    return CustomFacts(facts=facts, rates=entry.get("rates"))


def _own(work: Work, references: Iterable[str]) -> dict[str, AIModel]:
    names = [one.partition("/")[2] for one in references]
    rows = AIModel.objects.filter(
        organization=work.organization, model_name__in=names
    ).select_related("provider", "organization")
    return {one.reference: one for one in rows}
