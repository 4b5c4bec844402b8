"""A gateway whose configuration cannot be had yet."""

import asyncio

import pytest
from django.db import InterfaceError, OperationalError

from modelhub.gateway.api.application import GatewayApplication
from registry.resolution.source import ConfigurationNotLoaded


@pytest.mark.parametrize(
    "problem", [OperationalError, InterfaceError, ConfigurationNotLoaded, OSError]
)
def test_it_starts_all_the_same_and_goes_on_trying(problem):
    tried = []

    async def away():
        tried.append(problem)
        raise problem("away")

    async def run():
        application = GatewayApplication(away)
        await application.start()
        await application.stop()

    asyncio.run(run())

    assert tried
