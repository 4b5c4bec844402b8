"""What a process counts for Prometheus. Every process of a machine writes into files of
one folder (`MODELHUB_METRICS_FOLDER`); whichever is asked for /metrics adds them up, so
that it does not matter which of several web servers or workers made a call."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Set by the settings, before this module is imported: prometheus_client looks once."""
SECONDS: Final = (
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0),
    *(2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0),
)
log = logging.getLogger("modelhub.metrics")


@cache
def counter(name: str, text: str, labels: Sequence[str] = ()) -> Counter:
    _prepare()
    return Counter(name, text, labels, registry=None)


@cache
def histogram(name: str, text: str, labels: Sequence[str] = ()) -> Histogram:
    _prepare()
    return Histogram(name, text, labels, registry=None, buckets=SECONDS)


@cache
def gauge(name: str, text: str) -> Gauge:
    """One value for each living process, told apart by `pid`."""
    _prepare()
    return Gauge(name, text, registry=None, multiprocess_mode="liveall")


def counted(note: Callable[[], None]) -> None:
    """Run `note`. A full disk costs numbers, never a call."""
    try:
        note()
    except (OSError, ValueError) as error:
        _complain(str(error))


def folder() -> Path:
    return Path(os.environ[FOLDER_VARIABLE])


def forget_dead() -> None:
    """Values of processes that are no more are not those of living ones. Their counts
    stay: a counter never goes back."""
    for path in folder().glob("gauge_live*_*.db"):
        number = path.stem.rpartition("_")[2]
        if number.isdigit() and _is_dead(int(number)):
            path.unlink(missing_ok=True)


def _is_dead(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _prepare() -> None:
    folder().mkdir(parents=True, exist_ok=True)


@cache
def _complain(problem: str) -> None:
    log.warning("Numbers for /metrics cannot be counted: %s", problem)
