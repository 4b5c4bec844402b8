"""Reads the state of the machine: memory, GPU memory, temperature. Slow enough (up to
two seconds where a driver hangs) to be asked in the background only."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

import psutil

from registry.resolution.machine import Machine

GB: Final = 10**9
MIB: Final = 2**20
GPU_TIMEOUT_S: Final = 2.0
FRESH_S: Final = 30.0
GPU_TOOL: Final = "nvidia-smi"
GPU_QUERY: Final = (
    "--query-gpu=memory.total,memory.free,temperature.gpu",
    "--format=csv,noheader,nounits",
)
CORES: Final = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "acpitz")
"""Sensors of processors; others (a disk, a wireless card) say nothing here."""


class MachineWatch:
    """The state of this machine, read again when it is older than `FRESH_S`."""

    def __init__(
        self,
        probe: Callable[[], Machine],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._probe = probe
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at = 0.0
        self._machine: Machine | None = None

    def machine(self) -> Machine:
        with self._lock:
            now = self._clock()
            if self._machine is None or now - self._read_at >= FRESH_S:
                self._machine, self._read_at = self._probe(), now
            return self._machine


@cache
def machine_watch() -> MachineWatch:
    """The watch of this process."""
    return MachineWatch(probe_machine)


def probe_machine() -> Machine:
    memory = psutil.virtual_memory()
    rows = gpu_rows(_gpu_text())
    degrees = [row[2] for row in rows]
    hottest = hottest_core(_sensors())
    if hottest is not None:
        degrees.append(hottest)
    return Machine(
        memory_gb=memory.total / GB,
        free_memory_gb=memory.available / GB,
        gpu_memory_gb=sum(row[0] for row in rows) if rows else None,
        free_gpu_memory_gb=sum(row[1] for row in rows) if rows else None,
        temperature_c=max(degrees) if degrees else None,
    )


def gpu_rows(text: str) -> list[tuple[float, float, float]]:
    """Total and free GB and degrees of each GPU that `nvidia-smi` lists; a row that
    it cannot read ("[N/A]") is left out."""
    rows = []
    for line in text.splitlines():
        try:
            total, free, degrees = (float(cell) for cell in line.split(","))
        except ValueError:
            continue
        rows.append((total * MIB / GB, free * MIB / GB, degrees))
    return rows


def hottest_core(sensors: Mapping[str, Sequence[Any]]) -> float | None:
    """Degrees of the hottest sensor of a processor. `sensors` are psutil's."""
    degrees = [
        float(one.current)
        for name, found in sensors.items()
        if name in CORES
        for one in found
        if one.current
    ]
    return max(degrees) if degrees else None


def _sensors() -> Mapping[str, Sequence[Any]]:
    # psutil has this on Linux and FreeBSD only.
    read = getattr(psutil, "sensors_temperatures", None)
    if read is None:
        return {}
    try:
        found: Mapping[str, Sequence[Any]] = read()
    except (OSError, ValueError):
        return {}
    return found


def _gpu_text() -> str:
    tool = shutil.which(GPU_TOOL)
    if tool is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603  # the tool's full path, fixed arguments
            [tool, *GPU_QUERY],
            capture_output=True,
            text=True,
            timeout=GPU_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""
