"""Design law 14 for packs: an organisation sees its own; viewers look, editors act."""

import pytest
from django.urls import reverse

from modelhub.urls import urlpatterns
from registry.models import Pack, PackSwitch, PlannedSwitch
from registry.services.pack_switches import switch_pack
from tests.registry.packs.packing import entry, features, packed, served

LOOKS = {
    "pack_detail",
    "pack_export",
    "pack_switch",
    "pack_switch_preview",
    "pack_use",
}


def flat(patterns):
    """With those that are included under no name of their own."""
    for one in patterns:
        yield from flat(one.url_patterns) if hasattr(one, "url_patterns") else [one]


def addresses():
    rooms = [one for one in urlpatterns if getattr(one, "app_name", None)]
    return [
        (address.name, f"{room.app_name}:{address.name}")
        for room in rooms
        if room.app_name in {"registry", "analytics"}
        for address in flat(room.url_patterns)
        if str(address.pattern).startswith("packs/<slug:slug>/")
    ]


@pytest.fixture
def secret(organization):
    served(organization, "one")
    features(organization, "planner")
    return packed(organization, entry("planner", "openai/one"), slug="secret")


def test_there_are_addresses_to_test():
    assert len(addresses()) >= 11


@pytest.mark.parametrize(("name", "view"), addresses())
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_organisations_pack_is_not_there(stranger, secret, name, view, method):
    response = getattr(stranger, method)(reverse(view, args=["secret"]))

    assert response.status_code in {404, 405}
    assert "Secret" not in response.content.decode()
    assert not PackSwitch.objects.exists()
    assert Pack.objects.get().archived_at is None


@pytest.mark.parametrize(("name", "view"), addresses())
def test_every_address_answers_404_to_one_of_the_two_methods(
    stranger, secret, name, view
):
    url = reverse(view, args=["secret"])

    assert 404 in {stranger.get(url).status_code, stranger.post(url).status_code}


@pytest.mark.parametrize(("name", "view"), addresses())
def test_a_viewer_looks_and_changes_nothing(viewer, secret, name, view):
    url = reverse(view, args=["secret"])

    answers = {viewer.get(url).status_code, viewer.post(url).status_code}

    assert (200 in answers) is (name in LOOKS)
    assert answers <= ({200, 405} if name in LOOKS else {403, 405})
    assert not PackSwitch.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/packs/new/",
        "/packs/new/file/",
        "/packs/-/draft/",
        "/packs/-/example-features/",
        "/packs/-/ready-made/starter-pack-1/add/",
        "/packs/-/undo/1/",
        "/packs/-/planned/1/cancel/",
    ],
)
def test_a_viewer_may_not_make_add_undo_or_cancel(viewer, path):
    assert viewer.post(path).status_code == 403
    assert not Pack.objects.exists()


def test_a_viewer_sees_no_buttons_that_would_be_refused(viewer, secret):
    pages = ["/packs/", "/packs/secret/", "/packs/secret/switch/"]

    text = "".join(viewer.get(path).content.decode() for path in pages)

    assert "New pack" not in text.split("<main")[1]
    assert 'name="keep"' not in text
    assert "/switch/now/" not in text or "Switch to Secret</button>" not in text


def test_a_switch_of_another_organisation_is_not_undone(stranger, secret):
    outcome = switch_pack(version=secret, actor=None)

    response = stranger.post(f"/packs/-/undo/{outcome.switch.pk}/")

    assert response.status_code == 409
    assert "Secret" not in response.content.decode()
    assert PackSwitch.objects.count() == 1


def test_a_plan_of_another_organisation_is_not_cancelled(stranger, secret):
    planned = PlannedSwitch.objects.create(
        organization=secret.pack.organization,
        pack=secret.pack,
        budget_percent=80,
        actor_label="someone",
    )

    assert stranger.post(f"/packs/-/planned/{planned.pk}/cancel/").status_code == 404


def test_a_copy_starts_from_ones_own_packs_only(stranger, secret):
    response = stranger.get("/packs/new/?start=pack&pack=secret")

    assert response.status_code == 404


def test_a_visitor_is_sent_to_sign_in(client, secret):
    for _, view in addresses():
        assert client.get(reverse(view, args=["secret"])).status_code == 302
