"""The budgets in force, as this process knows them. No request asks for them."""

from __future__ import annotations

from typing import Final

from analytics.budget_rules import Rulebook
from analytics.queries.budget_rules import load_rulebook
from modelhub.gateway.announced_book import AnnouncedBook
from registry.resolution.shared_listener import Connect, connect_listener

CHANNEL: Final = "modelhub_budgets"


def budget_book(connect: Connect = connect_listener) -> AnnouncedBook[Rulebook]:
    """Not started. A process that knew no budgets would pass them all."""
    return AnnouncedBook("budgets", CHANNEL, load_rulebook, Rulebook(), connect)
