"""A soft limit on the first token: the next candidate starts beside a silent one, and
whoever speaks first answers. Both are recorded, both are paid."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from modelhub.gateway.admission import Admitted
from modelhub.gateway.attempting import Attempting
from modelhub.gateway.run import Run
from registry.providers.errors import ModelCallError

if TYPE_CHECKING:
    from modelhub.gateway.streaming import OpenStream

Open = Callable[[Attempting], Awaitable["OpenStream"]]
Race = dict["asyncio.Task[OpenStream]", Attempting]


async def first_to_speak(
    run: Run, first: Attempting, after_s: float, open_one: Open
) -> OpenStream:
    """The stream of `first`, or of the next candidate if it speaks sooner; the chain
    stands at the one that spoke, or at the second where neither did, and its error is
    raised. A second candidate that is not admitted does not race."""
    race: Race = {_start(open_one, first): first}
    try:
        await asyncio.wait(race, timeout=after_s)
        second = None
        if not any(task.done() for task in race):
            second = await _second(run)
        if second is None:
            return await _winner(race)
        race[_start(open_one, second)] = second
        return await _of_two(run, race, first)
    except asyncio.CancelledError:
        # The client left: nobody lost.
        for attempting in race.values():
            if attempting.finished is None:
                run.attempts.append(attempting.cancelled())
        raise
    finally:
        await _dismiss(run, race)


async def _of_two(run: Run, race: Race, first: Attempting) -> OpenStream:
    try:
        won = await _winner(race)
    except ModelCallError:
        run.chain.move_on()
        raise
    if won.attempting is not first:
        run.chain.move_on()
    return won


def _start(open_one: Open, attempting: Attempting) -> asyncio.Task[OpenStream]:
    return asyncio.ensure_future(open_one(attempting))


async def _second(run: Run) -> Attempting | None:
    following = run.chain.following()
    if following is None:
        return None
    following = replace(following)
    admitted = await run.admission.ask(following, has_next=False)
    if not isinstance(admitted, Admitted):
        run.skipped.append(admitted.skipped)
        return None
    return run.begin(following, admitted)


async def _winner(race: Race) -> OpenStream:
    waiting = set(race)
    errors: dict[int, ModelCallError] = {}
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in sorted(done, key=lambda one: race[one].number):
            error = task.exception()
            if error is None:
                won = task.result()
                del race[task]
                return won
            if not isinstance(error, ModelCallError):
                raise error
            errors[race[task].number] = error
    raise errors[max(errors)]


async def _dismiss(run: Run, race: Race) -> None:
    """End those that lost; their record says that they lost, not that they failed."""
    for task, attempting in race.items():
        if attempting.finished is None:
            run.attempts.append(attempting.lost_race())
        task.cancel()
    for result in await asyncio.gather(*race, return_exceptions=True):
        rest = getattr(result, "rest", None)
        if rest is not None:
            await rest.aclose()
