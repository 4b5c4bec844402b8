"""Counts calls of models for Prometheus, as they are recorded."""

from __future__ import annotations

from analytics.usage_row import UsageRow
from registry.instruments import counted, counter, histogram

WHO = ("organization", "model")
"""Numbers of rows: a process on the hot path knows no more. /metrics says names."""


def note_call(row: UsageRow) -> None:
    """Takes microseconds; never raises for want of a disk."""
    counted(lambda: _note(row))


def _note(row: UsageRow) -> None:
    who = (str(row.organization_id), str(row.ai_model_id or row.model_name))
    counter(
        "modelhub_calls", "Attempts at a model.", (*WHO, "source", "outcome")
    ).labels(*who, row.source.value, row.outcome.value).inc()
    if row.cost.total_usd is None:
        counter(
            "modelhub_calls_unpriced", "Attempts whose cost nobody knows.", WHO
        ).labels(*who).inc()
    else:
        counter("modelhub_cost_usd", "Cost of attempts, in dollars.", WHO).labels(
            *who
        ).inc(float(row.cost.total_usd))
    if row.usage is not None:
        tokens = counter("modelhub_tokens", "Tokens of attempts.", (*WHO, "kind"))
        tokens.labels(*who, "input").inc(float(row.usage.input_tokens or 0))
        tokens.labels(*who, "output").inc(float(row.usage.output_tokens or 0))
    if row.latency_ms is not None:
        histogram("modelhub_call_duration_seconds", "Time of an attempt.", WHO).labels(
            *who
        ).observe(row.latency_ms / 1000)
    if row.ttft_ms is not None:
        histogram(
            "modelhub_call_first_token_seconds", "Time to the first token.", WHO
        ).labels(*who).observe(row.ttft_ms / 1000)
