"""A person of several organisations sees one at a time and switches between them. The
choice stands in the session, never in an address."""

import re

import pytest
from django.test import Client

from registry.models import Membership, Role
from tests.factories import FeatureFactory, MembershipFactory, OrganizationFactory


@pytest.fixture
def second(membership) -> Membership:
    """The editor's membership in another organisation, where they may only look."""
    place = OrganizationFactory(name="Second house")
    return MembershipFactory(user=membership.user, organization=place, role=Role.VIEWER)


def switch(client: Client, organization) -> int:
    return client.post(f"/organizations/{organization.slug}/switch/").status_code


def shown(client: Client) -> tuple[str, list[str]]:
    """The organisation of the page, and those that the switcher offers."""
    text = client.get("/features/").content.decode()
    current = re.search(r'aria-label="Organisation: ([^"]+)"', text)[1]
    return current, re.findall(r'action="/organizations/([^/]+)/switch/"', text)


def test_the_page_shows_the_one_and_offers_all(editor, organization, second):
    current, offered = shown(editor)

    assert current == organization.name
    assert offered == [organization.slug, second.organization.slug]


def test_the_current_one_is_marked(editor, organization, second):
    switch(editor, second.organization)

    text = editor.get("/features/").content.decode()

    mark = re.search(r"<button>(?:(?!</button>).)*current</span></button>", text, re.S)
    assert "Second house" in mark[0]


def test_switching_leads_to_the_overview_of_the_other(editor, second):
    response = editor.post(
        f"/organizations/{second.organization.slug}/switch/",
        headers={"Referer": "http://testserver/features/planner/?tab=history"},
    )

    assert (response.status_code, response["Location"]) == (302, "/")
    assert shown(editor)[0] == "Second house"


def test_an_address_shows_what_the_chosen_one_has_there(editor, organization, second):
    FeatureFactory(organization=organization, key="planner", name="Ours")
    FeatureFactory(organization=second.organization, key="planner", name="Theirs")

    before = editor.get("/features/planner/").content.decode()
    switch(editor, second.organization)
    after = editor.get("/features/planner/").content.decode()

    assert "Ours" in before
    assert "Theirs" not in before
    assert "Theirs" in after
    assert "Ours" not in after


def test_filters_of_an_address_hold_after_switching(editor, organization, second):
    for place in (organization, second.organization):
        FeatureFactory(organization=place, key="planner")
        FeatureFactory(organization=place, key="tagging")
    switch(editor, second.organization)

    text = editor.get("/features/?q=plan").content.decode()

    assert "/features/planner/" in text
    assert "/features/tagging/" not in text


def test_an_object_of_ones_other_organisation_is_not_there(editor, second):
    FeatureFactory(organization=second.organization, key="hidden")

    before = editor.get("/features/hidden/").status_code
    switch(editor, second.organization)

    assert (before, editor.get("/features/hidden/").status_code) == (404, 200)


def test_the_role_is_the_one_of_the_chosen_organisation(editor, organization, second):
    assert editor.get("/features/new/").status_code == 200
    switch(editor, second.organization)
    assert editor.get("/features/new/").status_code == 403


def test_each_browser_has_a_choice_of_its_own(editor, membership, second):
    other = Client()
    other.force_login(membership.user)

    switch(other, second.organization)

    assert shown(editor)[0] == membership.organization.name
    assert shown(other)[0] == "Second house"


def test_nobody_switches_to_where_they_do_not_belong(editor, membership):
    assert switch(editor, OrganizationFactory()) == 404
    assert shown(editor)[0] == membership.organization.name


def test_who_is_removed_falls_back_to_what_is_left(editor, membership, second):
    switch(editor, second.organization)

    second.delete()

    assert shown(editor)[0] == membership.organization.name


def test_switching_takes_a_post(editor, organization):
    address = f"/organizations/{organization.slug}/switch/"
    assert editor.get(address).status_code == 405
