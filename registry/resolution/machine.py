"""The machine that a process runs on, and whether a local model fits it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

HOTTEST_C: Final = 95.0
"""From here on processors slow themselves down: local models wait."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What could be read of it, in GB of 10^9 bytes and degrees Celsius. None is: it
    could not be read."""

    memory_gb: float | None = None
    free_memory_gb: float | None = None
    gpu_memory_gb: float | None = None
    free_gpu_memory_gb: float | None = None
    temperature_c: float | None = None

    @property
    def room_gb(self) -> float | None:
        """What a model may take: a local server splits it over both memories."""
        known = [
            one
            for one in (self.free_memory_gb, self.free_gpu_memory_gb)
            if one is not None
        ]
        return sum(known) if known else None

    @property
    def is_too_hot(self) -> bool:
        return self.temperature_c is not None and self.temperature_c >= HOTTEST_C

    def rounded(self) -> Machine:
        """As far as a difference matters to a plan."""
        room = self.room_gb
        return replace(
            self,
            free_memory_gb=None if room is None else float(round(room)),
            free_gpu_memory_gb=None,
            temperature_c=HOTTEST_C if self.is_too_hot else None,
        )


UNKNOWN_MACHINE: Final = Machine()


def unfit(
    machine: Machine, memory_gb: float | None, *, is_loaded: bool
) -> Iterator[tuple[str, str]]:
    """What speaks against running a model here that takes `memory_gb`: a code, and
    words that read on after the model's name. One that is in memory fits it."""
    room = machine.room_gb
    needs_room = None if is_loaded else memory_gb
    if needs_room is not None and room is not None and needs_room > room:
        yield (
            "no_room",
            f"needs {needs_room:.1f} GB of memory, and {room:.1f} GB is free on this "
            "machine",
        )
    if machine.is_too_hot:
        yield "too_hot", f"would run on a machine at {machine.temperature_c:.0f} °C"
