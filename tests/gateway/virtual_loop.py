"""An event loop whose clock jumps: minutes of waiting pass in milliseconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine


class JumpingSelector(selectors.DefaultSelector):
    """Instead of sleeping for so long, says that so long has passed."""

    passed_s = 0.0

    def select(self, timeout: float | None = None):
        if timeout:
            self.passed_s += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = JumpingSelector()
        super().__init__(self.clock)

    def time(self) -> float:
        # A clock that never stands still, as loops round timers to its resolution.
        self.clock.passed_s += 1e-6
        return self.clock.passed_s


def run_virtually(work: Coroutine[object, object, object]):
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
