"""One fake provider and one adapter for each dialect."""

from collections.abc import Iterator

import pytest

from tests.registry.providers.dialects import DIALECTS, Calls
from tests.upstream.server import FakeUpstream


@pytest.fixture(params=DIALECTS, ids=str)
def calls(request) -> Iterator[Calls]:
    """Each dialect in turn, at a fake provider that answers whatever is well formed."""
    yield from _calls(request.param)


@pytest.fixture
def openai_calls() -> Iterator[Calls]:
    yield from _calls(DIALECTS[0])


@pytest.fixture
def anthropic_calls() -> Iterator[Calls]:
    yield from _calls(DIALECTS[1])


@pytest.fixture
def google_calls() -> Iterator[Calls]:
    yield from _calls(DIALECTS[2])


@pytest.fixture
def ollama_calls() -> Iterator[Calls]:
    yield from _calls(DIALECTS[3])


def _calls(dialect) -> Iterator[Calls]:
    upstream = FakeUpstream(dialect.wire.echo).start()
    yield Calls(dialect, upstream)
    upstream.stop()
