"""Who reaches the registry admin, and what its pages may load."""

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    MembershipFactory,
    ModelSettingFactory,
    PriceFactory,
    UserFactory,
)

PAGES = [
    f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    for model in site._registry
]


def test_a_visitor_is_sent_to_our_own_sign_in_page(client: Client, db):
    response = client.get("/admin/registry/aimodel/")

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('sign_in')}?next=/admin/registry/aimodel/"


def test_the_admins_own_login_page_leads_to_ours(client: Client, db):
    response = client.get("/admin/login/?next=/admin/registry/price/")

    assert response["Location"] == f"{reverse('sign_in')}?next=/admin/registry/price/"


def test_a_member_who_is_no_operator_is_refused(editor: Client):
    assert editor.get("/admin/", follow=True).status_code == 403


def test_staff_see_only_what_they_have_rights_for(client: Client, db):
    client.force_login(UserFactory(is_staff=True))

    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/registry/aimodel/").status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_every_list_opens(operator: Client, name):
    MembershipFactory()
    FeatureFactory()
    PriceFactory()
    ModelSettingFactory()

    assert operator.get(reverse(name)).status_code == 200
    assert operator.get(reverse(name), {"q": "x"}).status_code == 200


def test_scripts_come_from_our_address_alone(operator: Client):
    policy = operator.get("/admin/")["Content-Security-Policy"]

    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["script-src"] == "'self' 'unsafe-eval'"
    assert directives["style-src"] == f"'self' {settings.PLOTLY_MAP_STYLE_HASH}"


def test_the_rest_of_the_product_keeps_its_strict_policy(editor: Client):
    policy = editor.get("/")["Content-Security-Policy"]

    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("noun", "factory"),
    [
        ("aimodel", lambda: PriceFactory(ai_model=AIModelFactory())),
        ("price", PriceFactory),
        ("feature", FeatureFactory),
        ("membership", MembershipFactory),
        ("modelsetting", ModelSettingFactory),
    ],
)
def test_a_list_asks_as_much_for_many_rows_as_for_few(operator: Client, noun, factory):
    address = reverse(f"admin:registry_{noun}_changelist")
    factory()
    factory()
    operator.get(address)
    with CaptureQueriesContext(connection) as few:
        operator.get(address)
    for _ in range(8):
        factory()

    with CaptureQueriesContext(connection) as many:
        operator.get(address)

    assert len(many) == len(few)
