"""Design law 14: what belongs to another organisation is not there. The walk goes over
the URL table itself, so that a new route cannot be forgotten."""

import uuid

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from recommender.models import PlaygroundAnswer, PlaygroundRun
from registry.connection_facts import EDITABLE
from registry.models import (
    AIModel,
    AuditEntry,
    Connection,
    Membership,
    Organization,
    Provider,
    Role,
    User,
)
from tests.factories import MembershipFactory
from tests.proof.arguments import BEFORE_SIGN_IN, FACTS, NEED_MORE, NO_IDS, arguments_of
from tests.proof.made import made
from tests.proof.routes import Route, routes

NOT_THERE = {404, 405}
REFUSED = {400, 409, 422}
WITH_IDS = [
    one
    for one in routes()
    if one.arguments
    and one.name not in NO_IDS
    and not one.name.startswith(BEFORE_SIGN_IN)
]
PAGE_METHODS = ("get", "post")
API_METHODS = ("get", "post", "put", "patch", "delete")


def room_of(route: Route) -> str:
    return route.name.rpartition(":")[0] or "trials"


ROOMS = sorted({room_of(route) for route in WITH_IDS})


class World:
    """An organisation with one row of everything that is asked for."""

    def __init__(self) -> None:
        membership = MembershipFactory(role=Role.ADMIN)
        self.organization = membership.organization
        self.known = {
            Organization: self.organization,
            Membership: membership,
            User: membership.user,
        }
        self.known[Provider] = made(Provider, self.known)
        self.known[AIModel] = made(
            AIModel, self.known, organization=self.organization, is_listed=True
        )
        for one in (PlaygroundRun, PlaygroundAnswer):
            told = {**self.belonging(one), **self.by_person(one), **FACTS.get(one, {})}
            self.known[one] = made(one, self.known, **told)
        self.known[AuditEntry] = made(
            AuditEntry,
            self.known,
            organization=self.organization,
            action="connection.deleted",
            object_type="connection",
            before=self.deleted_connection(),
        )
        self.browser = Client(raise_request_exception=False)
        self.browser.force_login(membership.user)

    def deleted_connection(self) -> dict[str, object]:
        """What the log keeps of a connection that was deleted."""
        facts = {name: getattr(Connection(), name) for name in EDITABLE}
        provider = self.known[Provider].slug
        usual = {"provider": provider, "key": "", "headers": [], "is_enabled": True}
        return {**facts, **usual, "label": "Gone"}

    def of(self, model, **facts):
        if model not in self.known:
            told = {**self.belonging(model), **FACTS.get(model, {}), **facts}
            made(model, self.known, **told)
        return self.known[model]

    def by_person(self, model) -> dict[str, object]:
        """What is a person's own is this person's."""
        names = {field.name for field in model._meta.concrete_fields}
        return {"created_by": self.known[User]} if "created_by" in names else {}

    def belonging(self, model) -> dict[str, object]:
        """Whose it is, also where the column may be empty or is a bare number."""
        names = {field.name for field in model._meta.concrete_fields}
        if "organization" in names:
            return {"organization": self.organization}
        if "organization_id" in names:
            return {"organization_id": self.organization.pk}
        return {}


@pytest.fixture
def theirs(db) -> World:
    return World()


def test_every_route_says_what_stands_in_its_address(theirs):
    untold = []
    for route in WITH_IDS:
        if route.pattern == "api/<path:rest>":
            continue
        found = arguments_of(route.name, theirs.of, route.pattern)
        missing = set(route.arguments) - set(found or {})
        if missing:
            untold.append(f"{route.name} ({route.pattern}): {', '.join(missing)}")

    assert not untold, (
        "Say in tests/proof/arguments.py which row of an organisation these name, so "
        f"that the walk can ask for a foreign one: {untold}"
    )


@pytest.mark.parametrize("room", ROOMS)
def test_rows_of_another_organisation_are_not_there(theirs, room):
    stranger = Client(raise_request_exception=False)
    stranger.force_login(MembershipFactory(role=Role.ADMIN).user)
    seen, absent, broken = [], [], []
    methods = API_METHODS if room == "api" else PAGE_METHODS
    for route, address, nowhere in addresses(theirs, room):
        answers = {method: asked(stranger, method, address) for method in methods}
        for method, status in answers.items():
            # A body may be refused before any row is looked for, or an answer be the
            # same for everybody: then it is that of a row which nobody has.
            is_same = status not in NOT_THERE and status == asked(
                stranger, method, nowhere
            )
            if status not in NOT_THERE and not (is_same and status in REFUSED):
                seen.append((route.name, method, address, status))
        if set(answers.values()) == {405}:
            seen.append((route.name, "no method asks for the row", address, 405))
        own = set()
        for method in methods:
            status = asked(theirs.browser, method, address)
            own.add(status)
            if status >= 500:
                broken.append((route.name, method, address, status))
        if own <= NOT_THERE and route.name not in NEED_MORE:
            absent.append((route.name, address, own))

    assert not seen, f"Shown to or changed by a stranger: {seen}"
    # Otherwise the walk would prove nothing: nobody finds a row that is not there.
    assert not absent, f"Not there for its own organisation either: {absent}"
    assert not broken, f"Fails for its own organisation: {broken}"


def addresses(world: World, room: str) -> list[tuple[Route, str, str]]:
    """Of each route, the address of a row and that of one which is nowhere."""
    found = []
    for route in WITH_IDS:
        if room_of(route) != room or route.pattern == "api/<path:rest>":
            continue
        values = arguments_of(route.name, world.of, route.pattern) or {}
        wanted = {name: values[name] for name in route.arguments}
        none = {name: other(value) for name, value in wanted.items()}
        found.append(
            (
                route,
                reverse(route.name, kwargs=wanted),
                reverse(route.name, kwargs=none),
            )
        )
    return found


def other(value):
    if isinstance(value, int):
        return value + 1_000_000
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=value.int ^ 1)
    return value if value in {"csv", "features"} else f"{value}-none"


def asked(browser: Client, method: str, address: str) -> int:
    """The status; what the request did is taken back."""
    with transaction.atomic():
        point = transaction.savepoint()
        status = _send(browser, method, address)
        transaction.savepoint_rollback(point)
    return status


def _send(browser: Client, method: str, address: str) -> int:
    if address.startswith("/api/") and method != "get":
        send = getattr(browser, method)
        return send(address, data="{}", content_type="application/json").status_code
    return getattr(browser, method)(address).status_code
