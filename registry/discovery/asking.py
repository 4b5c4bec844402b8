"""Asks many connections at once what they offer. No ORM: the answers are saved by the
thread that iterates, one by one as they come."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

import httpx2

from registry.provider_client import provider_client
from registry.providers.adapter import (
    Endpoint,
    OfferedModel,
    ProviderAdapter,
    Timeouts,
)
from registry.providers.adapters import adapter_for
from registry.providers.errors import (
    ModelCallError,
    ModelUnavailableError,
    NetworkError,
)

AT_ONCE: Final = 8
TIME_LIMIT_S: Final = 30.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """`key` comes back with the answer."""

    key: int
    endpoint: Endpoint


@dataclass(frozen=True)
class Answer:
    """Either what is offered, or the error that the question ended with."""

    key: int
    latency_ms: int
    offered: Sequence[OfferedModel] = ()
    error: ModelCallError | None = None


@dataclass(frozen=True)
class Ways:
    """How providers are reached: the adapter of an endpoint, a client for it, how many
    are asked `at_once`, and the seconds that each has."""

    adapter_of: Callable[[Endpoint, httpx2.AsyncClient], ProviderAdapter] = adapter_for
    client_of: Callable[[], httpx2.AsyncClient] = provider_client
    at_once: int = AT_ONCE
    limit_s: float = TIME_LIMIT_S


USUAL: Final = Ways()


def ask_each(questions: Sequence[Question], ways: Ways) -> Iterator[Answer]:
    """One answer a question, each as soon as it is there: a server that hangs delays
    nobody else. Every question ends within `limit_s` seconds of its start."""
    answers: SimpleQueue[Answer | None] = SimpleQueue()
    asking = _Asking(ways, answers.put)

    def ask() -> None:
        try:
            asyncio.run(asking.run(questions))
        finally:
            answers.put(None)

    with ThreadPoolExecutor(1, "discovery") as thread:
        asked = thread.submit(ask)
        while (answer := answers.get()) is not None:
            yield answer
        asked.result()


@dataclass(frozen=True)
class _Asking:
    ways: Ways
    put: Callable[[Answer], None]

    async def run(self, questions: Sequence[Question]) -> None:
        room = asyncio.Semaphore(self.ways.at_once)

        async def ask(question: Question) -> None:
            async with room:
                self.put(await self._answer(question))

        async with asyncio.TaskGroup() as group:
            for question in questions:
                group.create_task(ask(question))

    async def _answer(self, question: Question) -> Answer:
        started = time.perf_counter()
        offered: Sequence[OfferedModel] = ()
        error: ModelCallError | None = None
        try:
            offered = await self._list(question.endpoint)
        except ModelCallError as caught:
            error = caught
        except TimeoutError:
            message = f"No answer within {self.ways.limit_s:g} s."
            error = NetworkError(message, code="total")
        except Exception:
            # An answer that no adapter foresaw must not end the other questions.
            provider = question.endpoint.provider
            logger.exception("The list of %s could not be read", provider)
            error = ModelUnavailableError("The list cannot be read.", code="malformed")
        latency_ms = round((time.perf_counter() - started) * 1000)
        return Answer(question.key, latency_ms, offered, error)

    async def _list(self, endpoint: Endpoint) -> Sequence[OfferedModel]:
        limit_s = self.ways.limit_s
        timeouts = Timeouts(total=limit_s, first_token=limit_s, idle=limit_s)
        # A client each: cookies of a server stay with the connection it belongs to.
        async with asyncio.timeout(limit_s), self.ways.client_of() as client:
            return await self.ways.adapter_of(endpoint, client).list_models(timeouts)
