"""What the gateway adds to a call: the direct call stands beside it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from modelhub.bench.gateway_site import FEATURE, MODEL, GatewaySite, gateway_site
from modelhub.bench.load import Load, Taken
from modelhub.bench.timing import duration, percentile

CHAT: Final = "/v1/chat/completions"
MESSAGES: Final = "/v1/messages"
CONCURRENCIES: Final = (1, 16, 64)
RELAYED_TARGET_MS: Final = 0.7
TRANSLATED_TARGET_MS: Final = 6.0
P99_TARGET_MS: Final = 15.0
RATE_TARGET: Final = 2_000.0
HEAD: Final = (
    *("way", "body", "at once", "direct", "gateway", "added", "p99 added"),
    *("requests/s", "direct", "target"),
)


@dataclass(frozen=True)
class Case:
    """One line: how the gateway is asked, and what was promised of it."""

    way: str
    load: Load
    target: str = ""

    @property
    def direct(self) -> Load:
        return replace(self.load, path=CHAT, model=MODEL)


def measure_gateway(requests: int) -> Iterator[str]:
    """The lines of the table. `requests` is how many the memory is watched over; each
    line takes a part of it."""
    with gateway_site() as site:
        _warm(site)
        yield from _aligned([HEAD, *(_row(site, case) for case in _cases(requests))])
        yield ""
        yield from _streams(site, requests)
        yield _memory(site, requests)


def _cases(requests: int) -> Iterator[Case]:
    aims = {
        1: f"added ≤ {duration(RELAYED_TARGET_MS)}",
        16: f"≥ {RATE_TARGET:,.0f}/s, p99 ≤ {duration(P99_TARGET_MS)}",
    }
    for size, aimed in ((1_000, aims), (100_000, {})):
        for at_once in CONCURRENCIES:
            count = max(200, requests // (5 if size < 10_000 else 20))
            yield Case(
                "relayed",
                _load(CHAT, f"feature:{FEATURE}", count, at_once, size),
                aimed.get(at_once, ""),
            )
    for at_once in CONCURRENCIES[:2]:
        aim = f"added ≤ {duration(TRANSLATED_TARGET_MS)}" if at_once == 1 else ""
        load = _load(MESSAGES, f"feature:{FEATURE}", max(100, requests // 20), at_once)
        yield Case("translated", load, aim)


def _load(path: str, model: str, count: int, at_once: int, size: int = 1_000) -> Load:
    return Load(0, path, model, "", count, at_once, size)


def _warm(site: GatewaySite) -> None:
    for path in (CHAT, MESSAGES):
        site.through(_load(path, f"feature:{FEATURE}", 200, 16))
    site.direct(_load(CHAT, MODEL, 200, 16))


def _row(site: GatewaySite, case: Case) -> tuple[str, ...]:
    direct, through = site.direct(case.direct), site.through(case.load)
    beside, taken = direct.requests_ms, through.requests_ms
    added = statistics.median(taken) - statistics.median(beside)
    added_p99 = percentile(taken, 99) - percentile(beside, 99)
    return (
        case.way,
        f"{case.load.body_bytes // 1000} KB",
        str(case.load.concurrency),
        duration(statistics.median(beside)),
        duration(statistics.median(taken)),
        duration(max(0.0, added)),
        duration(max(0.0, added_p99)),
        f"{_rate(through):,.0f}",
        f"{_rate(direct):,.0f}",
        case.target,
    )


def _rate(taken: Taken) -> float:
    return len(taken.requests_ms) / taken.seconds


def _streams(site: GatewaySite, requests: int) -> Iterator[str]:
    """What is added to the first token, and to each piece of a stream."""
    rows = [("stream", "at once", "to the first token", "to each piece")]
    for way, path in (("relayed", CHAT), ("translated", MESSAGES)):
        for at_once in CONCURRENCIES[:2]:
            asked = _load(path, f"feature:{FEATURE}", max(50, requests // 50), at_once)
            streamed = replace(asked, is_stream=True)
            direct = site.direct(replace(streamed, path=CHAT, model=MODEL))
            through = site.through(streamed)
            rows.append(
                (
                    way,
                    str(at_once),
                    _added(through.first_ms, direct.first_ms),
                    _added(through.piece_ms, direct.piece_ms),
                )
            )
    yield from _aligned(rows)


def _added(taken: Sequence[float], beside: Sequence[float]) -> str:
    return duration(max(0.0, statistics.median(taken) - statistics.median(beside)))


def _memory(site: GatewaySite, requests: int) -> str:
    before = site.memory_mb()
    site.through(_load(CHAT, f"feature:{FEATURE}", requests, 16))
    after = site.memory_mb()
    return f"\nmemory: {before:.1f} MB, after {requests:,} requests {after:.1f} MB"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)
        ]
        yield "  ".join(cells).rstrip()
