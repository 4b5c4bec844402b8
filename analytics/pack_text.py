"""What the command `packs` prints, as lines and as documents. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from analytics.pack_projection import Projection
from registry.capabilities import CAPABILITIES
from registry.models import PackVersion, PlannedSwitch
from registry.packs.difference import Difference, FeatureChange
from registry.queries.pack_difference import SwitchPlan
from registry.queries.pack_history import SwitchRow
from registry.queries.packs import PackRow

SHOWN: Final = ("changed", "new", "skipped", "kept")


def difference_lines(
    difference: Difference, *, with_all: bool = False
) -> Iterator[str]:
    """Each feature that changes with what changes, then a line of counts."""
    for row in difference.rows:
        if with_all or row.state in SHOWN or row.findings:
            yield from _feature_lines(row)
    counts = difference.counts
    told = [f"{number} {state.replace('_', ' ')}" for state, number in counts.items()]
    yield ", ".join(line for line in told if not line.startswith("0 ")) or "Nothing."


def _feature_lines(row: FeatureChange) -> Iterator[str]:
    own = ", an assignment of its own" if row.is_own else ""
    yield f"{row.key}: {row.label.lower()}{own}"
    for change in row.changes if row.state != "skipped" else ():
        yield f"    {change.label}: {change.before or '–'} → {change.after or '–'}"
    if row.lost:
        yield f"    loses {_words(row.lost)}"
    if row.gained:
        yield f"    gains {_words(row.gained)}"
    if row.is_window_smaller:
        yield f"    window: {row.window_before:,} → {row.window_after:,} tokens"
    for finding in row.findings:
        proposed = f" Proposed: {finding.proposal}." if finding.proposal else ""
        mark = "!" if finding.is_error else "-"
        yield f"    {mark} {finding.text}{proposed}"


def projection_lines(projection: Projection) -> Iterator[str]:
    before, after = projection.before_usd, projection.after_usd
    if before is None or after is None:
        yield "Projected cost of a month: not known, as there is no use yet."
        return
    change = after - before
    yield (
        f"Projected cost of a month: {_usd(before)} → {_usd(after)} "
        f"({'+' if change >= 0 else '−'}{_usd(abs(change))}), from the use of the last "
        f"{(projection.until - projection.since).days} days."
    )
    if projection.is_assumed:
        yield "Features without use count with the month that was assumed."
    if projection.unknown:
        yield f"Not in it: {', '.join(projection.unknown)}."


def plan_document(plan: SwitchPlan, projection: Projection) -> dict[str, Any]:
    active = plan.active.version if plan.active else None
    return {
        "pack": str(plan.version),
        "active": str(active) if active else None,
        "is_allowed": plan.is_allowed,
        "is_needed": plan.is_needed,
        **plan.difference.as_json(),
        "projected_month": {
            "since": projection.since,
            "before_usd": _number(projection.before_usd),
            "after_usd": _number(projection.after_usd),
            "unknown": list(projection.unknown),
            "features": {
                key: {
                    "requests": one.requests,
                    "before_usd": _number(one.before_usd),
                    "after_usd": _number(one.after_usd),
                    "note": one.note or None,
                }
                for key, one in projection.rows.items()
            },
        },
    }


def pack_document(row: PackRow) -> dict[str, Any]:
    return {
        "slug": row.pack.slug,
        "name": row.pack.name,
        "description": row.pack.description,
        "version": row.latest.number,
        "features": row.entry_count,
        "errors": row.errors,
        "warnings": row.warnings,
        "is_active": row.is_active,
        "active_version": row.active_number,
        "is_ready_made": row.pack.is_ready_made,
        "source_url": row.pack.source_url or None,
        "source_error": row.pack.source_error or None,
        "last_used_at": row.last_used_at,
        "findings": [one.as_json() for one in row.findings],
    }


def version_document(version: PackVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "at": version.created_at,
        "by": version.actor_label,
        "version_note": version.note or None,
    }


def switch_document(row: SwitchRow) -> dict[str, Any]:
    switch = row.switch
    return {
        "at": switch.at,
        "by": switch.actor_label,
        "from": str(switch.from_version) if switch.from_version else None,
        "to": str(switch.to_version) if switch.to_version else None,
        "features": row.feature_count,
        "kept": switch.kept_features,
        "is_roll_back": row.is_roll_back,
        "is_undone": row.is_undone,
        "was_forced": switch.was_forced,
        "reason": switch.reason or None,
    }


def planned_document(planned: PlannedSwitch) -> dict[str, Any]:
    return {
        "id": planned.pk,
        "pack": planned.pack.slug,
        "at": planned.run_at,
        "budget_percent": planned.budget_percent,
        "kept": planned.kept_features,
        "state": planned.state,
        "by": planned.actor_label,
    }


def planned_when(planned: PlannedSwitch) -> str:
    if planned.run_at is not None:
        return f"{planned.run_at:%Y-%m-%d %H:%M} UTC"
    return f"at {planned.budget_percent} % of the budget"


def _words(capabilities: tuple[str, ...]) -> str:
    return ", ".join(CAPABILITIES[one][0].lower() for one in capabilities)


def _usd(amount: Decimal) -> str:
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:,.4f}"


def _number(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
