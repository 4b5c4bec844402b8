"""Budgets as a configuration wants them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from analytics.models import BudgetDefinition, BudgetScope
from analytics.services.budget_checking import BudgetRefused, living
from analytics.services.budget_definitions import (
    change_budget,
    create_budget,
    delete_budget,
)
from registry.configuration.section import Entry
from registry.models import ApiToken, Connection, Feature, Pack, Provider
from registry.services.configuration_work import Work

FIXED: Final = ("scope", "period", "time_zone")


def apply_budgets(work: Work) -> None:
    rows = _rows(work)
    for one in work.changes("budgets"):
        with work.attempt(one):
            facts = _facts(work, one.after)
            if one.action == "create":
                create_budget(
                    organization=work.organization,
                    name=one.key,
                    period=one.entry["period"],
                    **_zone(one.entry),
                    **_scope(work, one.entry["scope"]),
                    **facts,
                    **work.by,
                )
                continue
            changed = [name for name in FIXED if name in one.after]
            if changed:
                raise BudgetRefused({"": _stays(changed)})
            row = rows[one.key]
            change_budget(
                definition=row, expected_version=row.version, **facts, **work.by
            )


def remove_budgets(work: Work) -> None:
    rows = _rows(work)
    for one in work.changes("budgets", "remove"):
        with work.attempt(one):
            delete_budget(definition=rows[one.key], **work.by)


def _rows(work: Work) -> dict[str, BudgetDefinition]:
    return {row.name: row for row in living(work.organization)}


def _stays(names: Sequence[str]) -> str:
    return (
        f"A budget keeps its {' and '.join(names)}: windows that were counted would "
        "not fit others. Give the new budget another name."
    )


def _zone(entry: Entry) -> dict[str, Any]:
    return {"time_zone": entry["time_zone"]} if entry["time_zone"] else {}


def _facts(work: Work, said: Entry) -> dict[str, Any]:
    """What can be changed, of what is said."""
    readers: dict[str, Any] = {
        "amount_usd": Decimal,
        "rolls_over": bool,
        "roll_over_cap_usd": lambda one: None if one is None else Decimal(one),
        "thresholds": lambda shares: [Decimal(one) for one in shares],
        "on_limit": str,
        "pack": lambda slug: _pack(work, slug) if slug else None,
        "fallback_model": lambda name: work.model(name) if name else None,
    }
    found = {name: read(said[name]) for name, read in readers.items() if name in said}
    return {**found, **({"is_active": said["active"]} if "active" in said else {})}


def _pack(work: Work, slug: str) -> Pack:
    found = Pack.objects.filter(
        organization=work.organization, slug=slug, archived_at=None
    ).first()
    if found is None:
        raise BudgetRefused({"pack": f"There is no pack {slug}."})
    return found


def _scope(work: Work, words: str) -> dict[str, Any]:
    kind, _, name = words.partition(":")
    if kind == BudgetScope.ORGANIZATION:
        return {"scope_kind": kind}
    if kind == BudgetScope.TAG:
        tag, _, value = name.partition("=")
        return {"scope_kind": kind, "tag_name": tag, "tag_value": value}
    return {"scope_kind": kind, "scope_id": _scope_id(work, kind, name)}


def _scope_id(work: Work, kind: str, name: str) -> int:
    own = {"organization": work.organization}
    if kind == BudgetScope.MODEL:
        return work.model(name).pk
    slug, _, label = name.partition("/")
    rows: dict[str, Any] = {
        "feature": Feature.objects.filter(key=name, **own),
        "provider": Provider.objects.filter(slug=name),
        "connection": Connection.objects.filter(
            provider__slug=slug, label=label, **own
        ),
        "token": ApiToken.objects.filter(label=name, revoked_at=None, **own),
    }
    found: int | None = rows[kind].values_list("pk", flat=True).first()
    if found is None:
        raise BudgetRefused({"scope": f"There is no {kind} {name} here."})
    return found
