"""Fake providers for the tests of the gateway."""

from collections.abc import Iterator

import pytest

from tests.upstream import anthropic_wire, openai_wire
from tests.upstream.server import FakeUpstream


@pytest.fixture
def upstream() -> Iterator[FakeUpstream]:
    """A provider that speaks OpenAI's format."""
    running = FakeUpstream(openai_wire.echo).start()
    yield running
    running.stop()


@pytest.fixture
def claude_upstream() -> Iterator[FakeUpstream]:
    """A provider that speaks Anthropic's format."""
    running = FakeUpstream(anthropic_wire.echo).start()
    yield running
    running.stop()
