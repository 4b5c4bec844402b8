"""Which programs may call models, and who may change that."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import ApiToken, AuditEntry, Role
from registry.token_text import LENGTH, token_digest
from tests.factories import FeatureFactory, MembershipFactory, enabled_model
from tests.registry.assigning import assigned

PAGE = "/settings/tokens/"
CREATE = f"{PAGE}create/"
FORM = {"label": "shop", "scopes": ["gateway"], "expires_in_days": "30"}
FRAGMENT = {"HX-Request": "true", "HX-Target": "tokens-results"}


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    client.force_login(
        MembershipFactory(organization=organization, role=Role.ADMIN).user
    )
    return client


@pytest.fixture
def token(organization) -> ApiToken:
    return ApiToken.objects.create(
        organization=organization,
        label="shop",
        prefix="mh_abcde",
        digest="d" * 64,
        scopes=["gateway"],
    )


def text_in(response) -> str:
    return re.search(r'id="new-token">(mh_\w+)</code>', response.content.decode())[1]


def test_a_new_token_is_shown_once_and_kept_as_a_digest(admin):
    response = admin.post(CREATE, FORM)

    text = text_in(response)
    token = ApiToken.objects.get()
    assert len(text) == LENGTH
    assert token.digest == token_digest(text)
    assert token.label == "shop"
    assert (token.expires_at - token.created_at).days in {29, 30}
    assert "no-store" in response["Cache-Control"]
    assert text not in admin.get(PAGE).content.decode()
    assert text not in str(list(AuditEntry.objects.values()))
    assert AuditEntry.objects.get().action == "token.created"


def test_two_new_tokens_differ(admin):
    assert text_in(admin.post(CREATE, FORM)) != text_in(admin.post(CREATE, FORM))


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"label": "   "},
        {"label": "x" * 3_000},
        {"label": "a\x00b"},
        {"label": "a\nb"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"expires_in_days": "-1"},
    ],
)
def test_a_wrong_form_creates_nothing(admin, wrong):
    response = admin.post(CREATE, {**FORM, **wrong})

    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_revoking_ends_a_token_and_is_audited(admin, token):
    url = reverse("registry:token_revoke", args=[token.pk])

    response = admin.post(url, headers=FRAGMENT)
    again = admin.post(url, headers=FRAGMENT)

    token.refresh_from_db()
    assert token.revoked_at is not None
    assert b"shop is revoked" in response.content
    assert b"was revoked already" in again.content
    assert [one.action for one in AuditEntry.objects.all()] == ["token.revoked"]


def test_others_look_but_change_nothing(editor, viewer, token):
    for browser in (editor, viewer):
        page = browser.get(PAGE)
        assert page.status_code == 200
        assert b"Create a token" not in page.content
        assert browser.post(CREATE, FORM).status_code == 403
        for name in ("edit", "revoke"):
            url = reverse(f"registry:token_{name}", args=[token.pk])
            assert browser.post(url, {"label": "mine"}).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_another_organisations_token_is_not_there(token):
    stranger = Client()
    stranger.force_login(MembershipFactory(role=Role.ADMIN).user)

    assert b"mh_abcde" not in stranger.get(PAGE).content
    for name in ("edit", "revoke"):
        url = reverse(f"registry:token_{name}", args=[token.pk])
        assert stranger.post(url, {"label": "mine"}).status_code == 404


def test_the_page_shows_how_to_call_with_the_address_of_this_server(
    viewer, organization
):
    page = viewer.get(PAGE, headers={"host": "localhost:8123"}).content.decode()

    assert "http://localhost:8123/v1/chat/completions" in page
    assert 'base_url=<span class="s">"http://localhost:8123/v1"' in page
    assert '"model": "auto"' in page
    assert "No tokens yet" in page


def test_the_example_calls_a_feature_that_answers(viewer, organization):
    FeatureFactory(organization=organization, key="a-empty")
    assigned(
        FeatureFactory(organization=organization, key="tagging"),
        enabled_model(organization),
    )

    assert '"model": "feature:tagging"' in viewer.get(PAGE).content.decode()


def test_a_fragment_answers_with_the_results_alone(admin, token):
    response = admin.get(PAGE, headers=FRAGMENT)

    assert b"<html" not in response.content
    assert b"mh_abcde" in response.content


def test_queries_do_not_grow_with_tokens(
    admin, organization, django_assert_max_num_queries
):
    for number in range(12):
        ApiToken.objects.create(
            organization=organization, label="t", digest=f"{number:064}", scopes=[]
        )

    with django_assert_max_num_queries(12):
        admin.get(PAGE)
