"""Every address is guarded as the table of rights says, and no address is forgotten:
the list comes from the table of addresses itself."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RegexPattern, URLResolver

from registry import urls_account
from registry.models import Role
from registry.rights import RIGHTS, least_role_of
from tests.factories import MembershipFactory

# For visitors, or for a person about their own account: no organisation is asked.
WITHOUT_A_ROLE = {
    "analytics:benchmark_shared",
    "registry:organization_switch",
}
# These have rights of their own: Django's permissions, and the API's tests.
ELSEWHERE = ("admin:", "api:")
OWN_ACCOUNT = {str(one.name) for one in urls_account.urlpatterns}


def routes(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Any]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield space + str(one.name), one
        else:
            inner = f"{one.namespace}:" if one.namespace else space
            yield from routes(one, inner)


def pages() -> dict[str, Any]:
    found = {
        name: route
        for name, route in routes(get_resolver())
        if not name.startswith(ELSEWHERE) and name not in WITHOUT_A_ROLE | OWN_ACCOUNT
    }
    found.pop("None", None)
    return found


PAGES = pages()
GUARDED = [
    (name, role)
    for name in sorted(PAGES)
    for role in Role
    if not role.includes(least_role_of(name))
]


def guard_of(view: Callable[..., Any]) -> Role | None:
    return getattr(view, "least_role", None)


def test_there_are_addresses():
    assert len(PAGES) > 200
    assert len(GUARDED) > 150


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_guard_of_an_address_is_the_one_in_the_table(name):
    assert guard_of(PAGES[name].callback) == least_role_of(name)


def test_every_right_is_about_addresses_that_exist_and_no_other_right_names():
    named = {
        pattern: [name for name in PAGES if fits(pattern, name)]
        for right in RIGHTS
        for pattern in right.routes
    }
    twice = [name for name in PAGES if sum(right.covers(name) for right in RIGHTS) > 1]

    assert [pattern for pattern, names in named.items() if not names] == []
    assert twice == []


def fits(pattern: str, name: str) -> bool:
    right = type(RIGHTS[0])("", Role.VIEWER, (pattern,))
    return right.covers(name)


@pytest.fixture
def browsers(organization) -> dict[Role, Client]:
    found = {}
    for role in Role:
        found[role] = Client()
        person = MembershipFactory(organization=organization, role=role).user
        found[role].force_login(person)
    return found


def test_every_lower_role_is_refused_at_every_address(browsers):
    let_in = [
        (name, role, method)
        for name, role in GUARDED
        for method in ("get", "post")
        if getattr(browsers[role], method)(address(PAGES[name])).status_code
        not in (403, 405)
    ]

    assert let_in == []


EXAMPLES = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000001"}


def address(route: URLPattern) -> str:
    """An address of this route, with values that need not exist: who may not come in
    is not told whether they do."""
    return "/" + ADDRESSES[id(route)]


def addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[int, str]]:
    for one in resolver.url_patterns:
        path = before + filled(one.pattern)
        if isinstance(one, URLPattern):
            yield id(one), path
        else:
            yield from addresses(one, path)


def filled(pattern: Any) -> str:
    if isinstance(pattern, RegexPattern):
        return str(pattern).strip("^$")
    text = str(pattern)
    for name, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        start = text.index("<", 0)
        end = text.index(">", start)
        assert name in text[start:end]
        text = text[:start] + EXAMPLES.get(kind, "example") + text[end + 1 :]
    return text


ADDRESSES = dict(addresses(get_resolver()))


def test_a_viewer_sees_the_table_and_whom_to_ask(viewer, organization):
    admin = MembershipFactory(organization=organization, role=Role.ADMIN).user

    text = viewer.get("/settings/roles/").content.decode()

    assert "You are a viewer here" in text
    assert admin.email in text
    assert all(right.words in text for right in RIGHTS)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_includes_itself_and_those_below(role):
    order = list(Role)
    below = order[: order.index(role) + 1]

    assert [one for one in order if role.includes(one)] == below


def test_the_manual_holds_the_same_table():
    manual = (Path(__file__).parents[2] / "docs/people.md").read_text()

    rows = [
        f"| {right.words} | "
        + " | ".join("yes" if role.includes(right.least) else "–" for role in Role)
        + " |"
        for right in RIGHTS
    ]

    assert [row for row in rows if row not in manual] == []
