"""Fake providers for the tests of the gateway."""

from collections.abc import Iterator

import pytest

from tests.gateway.site import GatewaySite, database_name, new_site
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


@pytest.fixture(scope="session")
def running_site(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[GatewaySite]:
    site = new_site(database_name("gateway"), tmp_path_factory.mktemp("var"))
    try:
        site.start()
        yield site
    finally:
        site.stop()
        site.drop()
        for upstream in site.upstreams.values():
            upstream.stop()


@pytest.fixture
def gateway_site(running_site: GatewaySite) -> GatewaySite:
    """A running ModelHub with a gateway in front of fake providers; see
    `tests.gateway.site` and `tests.gateway.seeding` for what is in it."""
    running_site.quiet()
    return running_site
