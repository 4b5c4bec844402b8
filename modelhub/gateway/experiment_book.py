"""The running experiments, as this process knows them, and how they divide requests. No
request asks the database for them."""

from __future__ import annotations

from typing import Final, Protocol

from analytics.usage_row import Source
from modelhub.gateway.announced_book import AnnouncedBook
from modelhub.gateway.call import Call
from recommender.experimenting.dividing import Find, Unit, divided
from recommender.experimenting.running import Experiments
from recommender.queries.running_experiments import load_running
from registry.resolution.plan import Plan
from registry.resolution.shared_listener import Connect, connect_listener

CHANNEL: Final = "modelhub_experiments"


class KnownExperiments(Protocol):
    @property
    def current(self) -> Experiments: ...


def experiment_book(connect: Connect = connect_listener) -> AnnouncedBook[Experiments]:
    """Not started."""
    nothing: Experiments = {}
    return AnnouncedBook("experiments", CHANNEL, load_running, nothing, connect)


def with_arm(plan: Plan, call: Call, known: KnownExperiments, find: Find) -> Plan:
    """`plan` with the arm of the caller in front. Only what the product asks counts:
    trials and benchmarks go by the assignment."""
    experiments = known.current
    if not experiments or call.source is not Source.GATEWAY:
        return plan
    unit = Unit(
        request_id=call.request_id.hex, user=call.user, conversation=call.conversation
    )
    return divided(plan, experiments, unit, find, call.variables)
