"""Plans of configuration files in words and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from analytics.services.configuration import Outcome
from registry.configuration.files import Finding
from registry.configuration.merging import Wanted
from registry.configuration.planning import Plan, change_lines
from registry.console_table import table_text

DONE: Final = {"create": "create", "change": "change", "remove": "remove", "keep": "="}
MOST_LINES: Final = 12
MOST_ROWS: Final = 200
MOST_FINDINGS: Final = 200


def plan_lines(plan: Plan, *, is_terminal: bool, with_all: bool) -> Iterator[str]:
    """A table of what would change, and one line that counts."""
    shown = plan.changes if with_all else plan.to_do
    rows = []
    for one in shown[:MOST_ROWS]:
        said = list(change_lines(one))
        more = len(said) - MOST_LINES
        text = "\n".join(
            [*said[:MOST_LINES], *([f"… {more} more"] if more > 0 else [])]
        )
        rows.append([DONE[one.action], one.section, one.key, text])
    if rows:
        flat = rows if is_terminal else [[*row[:3], _line(row[3])] for row in rows]
        columns = ("", "Section", "Name", "What")
        yield _table(columns, flat, is_terminal=is_terminal)
    if len(shown) > MOST_ROWS:
        yield f"… and {len(shown) - MOST_ROWS:,} more; --json has all of them."
    counts = plan.counts
    untouched = sum(plan.untouched.values())
    yield (
        f"{counts['create']:,} to create, {counts['change']:,} to change, "
        f"{counts['remove']:,} to remove, {counts['keep']:,} as they are, "
        f"{untouched:,} not touched."
    )


def _line(text: str) -> str:
    return "; ".join(text.splitlines())


def _table(
    columns: tuple[str, ...], rows: list[list[str]], *, is_terminal: bool
) -> str:
    return table_text(columns, rows, is_terminal=is_terminal)


def outcome_document(outcome: Outcome, wanted: Wanted) -> dict[str, Any]:
    plan = outcome.plan
    return {
        "fingerprint": plan.fingerprint,
        "is_applied": outcome.is_applied,
        "counts": plan.counts,
        "not_touched": dict(plan.untouched),
        "changes": [one.as_json() for one in plan.to_do],
        "warnings": [one.as_json() for one in outcome.warnings],
        "to_do_by_hand": list(outcome.told),
        "upgrades": [
            {"file": file.name, "line": one.line, "text": one.text}
            for file in wanted.files
            for one in file.upgrades
        ],
    }


def upgrade_lines(wanted: Wanted) -> Iterator[str]:
    for file in wanted.files:
        for one in file.upgrades:
            yield f"{file.name}:{one.line}: {one.text}"


def finding_lines(findings: Iterable[Finding]) -> list[str]:
    """At most as many as anybody reads."""
    lines = [str(one) for one in findings]
    rest = len(lines) - MOST_FINDINGS
    more = [f"… and {rest:,} more."] if rest > 0 else []
    return [*lines[:MOST_FINDINGS], *more]
