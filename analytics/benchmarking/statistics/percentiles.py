"""Percentiles of what answers took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

FEW_FOR_P95: Final = 20
"""The 95th of fewer is merely their largest."""


def p50(values: Sequence[float]) -> float | None:
    return float(np.quantile(values, 0.5)) if len(values) else None


def p95(values: Sequence[float]) -> float | None:
    """None of too few."""
    if len(values) < FEW_FOR_P95:
        return None
    return float(np.quantile(values, 0.95))
