"""Told token counts as a usage. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.intake.fields import Unfit
from registry.usage import Usage


def usage_of(counts: Mapping[str, Any]) -> Usage | None:
    """The usage of `counts` by the fields of `registry.usage.Usage`; what is None was
    not said, and all None is no usage at all. Raises Unfit."""
    said = {name: value for name, value in counts.items() if value is not None}
    if not said:
        return None
    try:
        return Usage(**said)
    except ValueError as error:
        reason = str(error)
        field = next((name for name in said if reason.startswith(name)), "tokens")
        raise Unfit(field, reason) from error
