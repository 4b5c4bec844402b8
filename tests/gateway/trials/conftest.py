"""A playground run on models of fake providers, asked through the page's own door."""

import asyncio
import json

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient

from recommender.playground_request import Inputs
from recommender.services.playground_runs import start_run
from registry.models import Role
from tests.factories import MembershipFactory
from tests.gateway.stage import gateway_here, new_stage


@pytest.fixture
def staged(transactional_db):
    made = []

    def make(*handlers, **facts):
        made.append(new_stage(*handlers, connection={"max_retries": 0}, **facts))
        return made[-1]

    with gateway_here():
        yield make
    for stage in made:
        stage.close()


class Room:
    """An editor's playground: what was typed goes to every model of the stage."""

    def __init__(self, stage):
        self.stage = stage
        organization = stage.organization
        self.person = MembershipFactory(organization=organization, role=Role.EDITOR)

    def run(self, inputs=None, **facts):
        said = ({"role": "user", "content": "Where is it?"},)
        return start_run(
            organization=self.stage.organization,
            actor=self.person.user,
            inputs=inputs or Inputs(messages=said),
            ai_models=[place.ai_model for place in self.stage.places],
            **facts,
        )

    def ask(self, run):
        """All columns at once, as the page does; the lines of each, in order."""
        client = self._browser()
        answers = list(run.answers.order_by("position"))
        # What is not async runs in this thread, with the test's own connection.
        return async_to_sync(_all_of)(client, answers)

    def leave(self, run, after):
        """Ask for the first column, and leave after so many lines of it."""
        return async_to_sync(_leaving)(self._browser(), run.answers.first(), after)

    def _browser(self):
        client = AsyncClient()
        client.force_login(self.person.user)
        return client


async def _all_of(client, answers):
    return await asyncio.gather(*(_lines_of(client, one) for one in answers))


async def _leaving(client, answer, after):
    response = await client.post(f"/trials/answers/{answer.pk}/")
    lines = aiter(response.streaming_content)
    read = [json.loads(await anext(lines)) for _ in range(after)]
    await lines.aclose()
    return read


async def _lines_of(client, answer):
    response = await client.post(f"/trials/answers/{answer.pk}/")
    whole = b"".join([piece async for piece in response.streaming_content])
    return [json.loads(line) for line in whole.splitlines()]


@pytest.fixture
def room_of():
    return Room
