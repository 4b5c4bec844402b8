"""Calls without a price: listed, mapped, priced, set aside; by whom it may be."""

import re

import pytest
from django.test import Client

from analytics.models import (
    AdjustmentState,
    ModelAlias,
    UnpricedSetAside,
    UsageAdjustment,
)
from analytics.services import adjustment_work, adjustments
from analytics.services.intake import take_in
from registry.models import Role
from tests.analytics.intake.told import told
from tests.analytics.quality.conftest import tell
from tests.factories import AIModelFactory, MembershipFactory, PriceFactory

PAGE = "/analytics/unpriced/"
NEW = "/analytics/adjustments/new/"
START = "/analytics/adjustments/start/"


def text_of(answer):
    assert answer.status_code == 200, answer.content[:2000]
    return answer.content.decode()


def previewed(client, **asked):
    """The preview's form as a browser would send it."""
    page = text_of(client.get(NEW, asked))
    form = page[page.index('action="/analytics/adjustments/start/"') :]
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: value.replace("&#x27;", "'") for name, value in fields}


def work():
    one = adjustments.claim()
    assert one is not None
    adjustment_work.perform(one)


def test_groups_are_listed_by_what_is_to_be_done(organization, gpt, admin):
    AIModelFactory(model_name="gpt-free")
    tell(organization, 3)
    tell(organization, 2, "openai/gpt-free")
    take_in(organization, [told("no-usage", usage=None)])
    page = text_of(admin.get(PAGE))

    assert "No model matches the name" in page
    assert "acme/new" in page
    assert "The model had no price" in page
    assert "openai/gpt-free" in page
    assert "Nobody said what was used" in page


def test_an_organisation_without_such_calls_is_told_so(admin):
    assert "Every call is priced" in text_of(admin.get(PAGE))


def test_an_admin_maps_looks_applies_and_undoes(organization, gpt, admin):
    tell(organization, 3)
    found = text_of(
        admin.get(NEW, {"kind": "map", "name": "acme/new", "find": "gpt-9"})
    )
    assert "openai/gpt-9" in found
    asked = {"kind": "map", "name": "acme/new", "model": "openai/gpt-9"}
    looked = text_of(admin.get(NEW, asked))
    assert "$0.0039" in looked
    assert "$0.00<" not in looked
    form = previewed(admin, **asked)
    answer = admin.post(START, form | {"reason": "Our deployment's name"})
    assert answer.status_code == 302, answer.content
    work()
    shown = text_of(admin.get(answer.url))
    assert "Applied" in shown
    assert "Every call is priced" in text_of(admin.get(PAGE))

    admin.post(f"{answer.url}undo/")
    work()
    assert "Undone" in text_of(admin.get(answer.url))
    assert "No model matches the name" in text_of(admin.get(PAGE))


def test_nothing_is_applied_without_a_reason(organization, gpt, admin):
    tell(organization, 1)
    form = previewed(admin, kind="map", name="acme/new", model="openai/gpt-9")
    answer = admin.post(START, form | {"reason": " "})

    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert not UsageAdjustment.objects.exists()


def test_what_changed_since_it_was_looked_at_is_shown_again(organization, gpt, admin):
    tell(organization, 1)
    form = previewed(admin, kind="map", name="acme/new", model="openai/gpt-9")
    tell(organization, 2)
    answer = admin.post(START, form | {"reason": "Known now"})

    assert answer.status_code == 422
    assert "no longer what you saw" in answer.content.decode()
    assert "Known now" in answer.content.decode()
    assert not UsageAdjustment.objects.exists()


def test_calls_of_a_model_are_priced_by_a_price_that_came_too_late(organization, admin):
    model = AIModelFactory(model_name="gpt-free")
    tell(organization, 2, "openai/gpt-free")
    late = PriceFactory(ai_model=model, effective_from="2030-01-01T00:00:00Z")
    asked = {"kind": "price", "model": "openai/gpt-free"}
    assert "No recorded call would change" in text_of(admin.get(NEW, asked))
    form = previewed(admin, **asked, price=str(late.pk))
    admin.post(START, form | {"reason": "The price was entered late"})
    work()

    one = UsageAdjustment.objects.get()
    assert (one.state, one.calls_changed) == (AdjustmentState.APPLIED, 2)
    assert "$1 in" in one.price_words


def test_an_editor_maps_new_calls_but_leaves_recorded_costs(organization, gpt, people):
    editor = people(Role.EDITOR)
    tell(organization, 1)
    form = previewed(editor, kind="map", name="acme/new", model="openai/gpt-9")
    assert editor.post(START, form | {"reason": "x"}).status_code == 403
    assert editor.post("/analytics/mappings/add/", form).status_code == 302
    assert ModelAlias.objects.filter(organization=organization).count() == 3
    assert not UsageAdjustment.objects.exists()
    for one in ModelAlias.objects.all():
        editor.post(f"/analytics/mappings/{one.pk}/remove/")
    assert not ModelAlias.objects.exists()


def test_a_viewer_looks_on(organization, gpt, people):
    viewer = people(Role.VIEWER)
    tell(organization, 1)
    page = text_of(viewer.get(PAGE))
    assert "acme/new" in page
    assert "Set aside" not in page
    assert viewer.get(NEW).status_code == 403
    assert viewer.post("/analytics/unpriced/set-aside/").status_code == 403


def test_a_group_is_set_aside_with_a_reason_and_taken_back(organization, admin):
    tell(organization, 1)
    group = {"kind": "name", "name": "acme/new"}
    refused = admin.post("/analytics/unpriced/set-aside/", group)
    assert refused.status_code == 422
    admin.post("/analytics/unpriced/set-aside/", group | {"reason": "A test stand"})
    page = text_of(admin.get(PAGE))
    assert "A test stand" in page
    assert "No model matches the name" not in page
    one = UnpricedSetAside.objects.get()
    admin.post(f"/analytics/unpriced/set-aside/{one.pk}/take-back/")
    assert "No model matches the name" in text_of(admin.get(PAGE))


def test_what_is_not_there_cannot_be_set_aside(admin):
    group = {"kind": "name", "name": "nobody/knows", "reason": "x"}
    assert admin.post("/analytics/unpriced/set-aside/", group).status_code == 404


def test_another_organisations_things_are_not_there(organization, gpt, admin):
    tell(organization, 1)
    form = previewed(admin, kind="map", name="acme/new", model="openai/gpt-9")
    address = admin.post(START, form | {"reason": "x"}).url
    alias = ModelAlias.objects.first()
    stranger = Client()
    stranger.force_login(MembershipFactory(role=Role.ADMIN).user)

    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}progress/").status_code == 404
    assert stranger.post(f"{address}undo/").status_code == 404
    assert stranger.post(f"/analytics/mappings/{alias.pk}/remove/").status_code == 404
    assert "acme/new" not in text_of(stranger.get(PAGE))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"model": "openai/none"}, "No model is called"),
        ({"model": "openai/gpt-9\x00"}, "Null characters"),
        ({"model": "openai/gpt-9", "kind": "steal"}, "Select a valid choice"),
        ({"model": "openai/gpt-9", "price": "77"}, "no price of the model"),
        ({"model": "openai/gpt-9", "since": "yesterday"}, "valid date"),
        ({"model": "openai/gpt-9", "since": "9999-12-31"}, "between 2000 and 2100"),
        (
            {"model": "openai/gpt-9", "since": "2026-02-02", "until": "2026-02-01"},
            "ends before it begins",
        ),
        ({"model": "openai/gpt-9", "kind": "map"}, "which name"),
    ],
    ids=["model", "nul", "kind", "price", "day", "far", "order", "name"],
)
def test_what_makes_no_sense_is_said(gpt, admin, asked, words):
    answer = admin.get(NEW, {"kind": "reprice", **asked})
    assert answer.status_code == 422
    assert words in answer.content.decode()
