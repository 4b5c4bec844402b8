"""The difference before a switch, the switch, and what stands in its way."""

import datetime
import html
import re

import pytest
from django.utils import timezone

from registry.models import ModelSetting, PackSwitch, PlannedSwitch
from registry.queries.assignments import current_revision
from registry.services.pack_switches import switch_pack
from registry.services.packs import archive_pack
from tests.factories import AIModelFactory
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed, served

PAGE = "/packs/mixed-pack/switch/"


@pytest.fixture
def models(organization):
    return served(organization, "one", "two")


@pytest.fixture
def planner(organization, models):
    planner, _ = features(organization, "planner", "critic")
    return assigned(planner, models[1])


@pytest.fixture
def version(organization, planner):
    return packed(
        organization,
        entry("planner", "openai/one", parameters={"temperature": 0.25}),
        entry("critic", "openai/two"),
    )


def text_of(response):
    return html.unescape(response.content.decode())


def expected_in(response):
    return re.search(r'name="expected" value="([^"]+)"', text_of(response))[1]


def test_each_feature_shows_its_old_and_new_model(editor, version):
    text = text_of(editor.get(PAGE))

    assert '<del class="wrap-anywhere">openai/two</del>' in text
    assert '<ins class="wrap-anywhere">openai/one</ins>' in text
    assert "2 of 2 features change" in text
    assert "Its own assignment would be replaced" in text


def test_looking_changes_nothing(editor, planner, version):
    editor.get(PAGE)
    editor.post(f"{PAGE}preview/", {"keep": ["planner"]})

    assert current_revision(planner).ai_model.model_name == "two"
    assert not PackSwitch.objects.exists()


def test_a_kept_feature_is_worked_out_again_at_once(editor, version):
    response = editor.post(
        f"{PAGE}preview/",
        {"keep": ["planner"]},
        headers={"HX-Request": "true", "HX-Target": "pack-difference"},
    )

    assert "1 of 2 features change" in text_of(response)
    assert "Kept" in text_of(response)
    assert "<html" not in text_of(response)


def test_switching_puts_everything_in_force_and_offers_undo(editor, planner, version):
    response = editor.post(f"{PAGE}now/", follow=True)

    switch = PackSwitch.objects.get()
    assert current_revision(planner).ai_model.model_name == "one"
    assert "mixed-pack v1 is active" in text_of(response)
    assert f'action="/packs/-/undo/{switch.pk}/"' in text_of(response)


def test_what_is_kept_stays(editor, planner, version):
    editor.post(f"{PAGE}now/", {"keep": ["planner"]})

    assert current_revision(planner).ai_model.model_name == "two"
    assert PackSwitch.objects.get().kept_features == ["planner"]


def test_undo_brings_everything_back(editor, planner, version):
    editor.post(f"{PAGE}now/")
    response = editor.post(f"/packs/-/undo/{PackSwitch.objects.get().pk}/", follow=True)

    assert current_revision(planner).ai_model.model_name == "two"
    assert "Undone" in text_of(response)


def test_an_undo_that_came_too_late_says_what_happened(editor, organization, version):
    editor.post(f"{PAGE}now/")
    first = PackSwitch.objects.get()
    other = packed(organization, entry("planner", "openai/two"), slug="other-pack")
    switch_pack(version=other, actor=None, actor_label="ana@example.com")

    response = editor.post(f"/packs/-/undo/{first.pk}/")

    assert response.status_code == 409
    assert "Someone else switched meanwhile" in text_of(response)
    assert "ana@example.com" in text_of(response)
    assert PackSwitch.objects.count() == 2


def test_somebody_else_was_faster(editor, organization, planner, version):
    expected = expected_in(editor.get(PAGE))
    other = packed(organization, entry("planner", "openai/two"), slug="other-pack")
    switch_pack(version=other, actor=None, actor_label="ana@example.com")

    response = editor.post(f"{PAGE}now/", {"expected": expected})

    assert response.status_code == 409
    assert "Someone else was faster" in text_of(response)
    assert "ana@example.com" in text_of(response)
    assert expected_in(response) != expected
    assert current_revision(planner).ai_model.model_name == "two"


def test_a_pack_that_cannot_serve_is_refused_with_reasons(editor, organization):
    features(organization, "planner")
    packed(organization, entry("planner", "openai/unknown"))

    response = editor.post(f"{PAGE}now/")

    assert response.status_code == 422
    assert "Not switched" in text_of(response)
    assert "No model is called openai/unknown" in text_of(response)
    assert 'name="force_reason"' in text_of(response)


def test_with_a_reason_the_rest_is_switched(editor, organization, models):
    _, critic = features(organization, "planner", "critic")
    packed(
        organization, entry("planner", "openai/unknown"), entry("critic", "openai/one")
    )

    editor.post(f"{PAGE}now/", {"force_reason": "tonight is the launch"})

    switch = PackSwitch.objects.get()
    assert switch.was_forced
    assert switch.reason == "tonight is the launch"
    assert current_revision(critic).ai_model.model_name == "one"
    page = text_of(editor.get("/packs/"))
    assert "Forced" in page
    assert "tonight is the launch" in page


def test_the_models_it_needs_are_enabled_in_the_same_step(
    editor, organization, planner
):
    model = AIModelFactory(model_name="sleeping")
    packed(organization, entry("planner", "openai/sleeping"))

    page = text_of(editor.get(PAGE))
    editor.post(f"{PAGE}now/", {"enable_models": "on"})

    assert "openai/sleeping" in page
    assert "Enable the model it needs" in page
    assert ModelSetting.objects.get(ai_model=model).is_enabled
    assert current_revision(planner).ai_model == model


def test_a_switch_is_planned_for_a_time(editor, version):
    at = timezone.now() + datetime.timedelta(days=2)

    response = editor.post(
        f"{PAGE}plan/", {"run_at": at.strftime("%Y-%m-%dT%H:%M")}, follow=True
    )

    assert PlannedSwitch.objects.get().run_at.date() == at.date()
    assert "The switch to Mixed-pack is planned" in text_of(response)
    assert not PackSwitch.objects.exists()


def test_a_plan_is_cancelled(editor, version):
    editor.post(f"{PAGE}plan/", {"budget_percent": "80"})
    planned = PlannedSwitch.objects.get()

    page = text_of(editor.get("/packs/"))
    response = editor.post(f"/packs/-/planned/{planned.pk}/cancel/", follow=True)

    assert "when 80 % of the month's limits is spent" in page
    assert "is cancelled" in text_of(response)
    planned.refresh_from_db()
    assert planned.state == "cancelled"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({}, "Say when"),
        ({"run_at": "yesterday"}, "Write a day and a time"),
        ({"run_at": "2020-01-01T00:00"}, "This moment is past"),
        ({"budget_percent": "0"}, "Between 1 and 100 %"),
        ({"budget_percent": "many"}, "A whole number"),
        ({"run_at": "2099-01-01T00:00", "budget_percent": "80"}, "Say when"),
    ],
)
def test_a_plan_that_makes_no_sense_says_why(editor, version, when, said):
    response = editor.post(f"{PAGE}plan/", when)

    assert response.status_code == 422
    assert said in text_of(response)
    assert not PlannedSwitch.objects.exists()


def test_an_archived_pack_is_not_switched_to(editor, version):
    archive_pack(pack=version.pack, actor=None)

    response = editor.post(f"{PAGE}now/")

    assert response.status_code == 422
    assert "archived" in text_of(response)


@pytest.mark.parametrize(
    "data", [{"version": "x"}, {"keep": ["\x00", "x" * 500]}, {"expected": "?" * 300}]
)
def test_nonsense_in_the_form_breaks_nothing(editor, version, data):
    assert editor.post(f"{PAGE}preview/", data).status_code == 200


def test_a_version_that_is_not_there_is_404(editor, version):
    assert editor.get(f"{PAGE}?version=9").status_code == 404


def test_the_same_switch_twice_says_that_there_is_nothing_to_do(editor, version):
    editor.post(f"{PAGE}now/")
    response = editor.post(f"{PAGE}now/", follow=True)

    assert "mixed-pack v1 is active already" in text_of(response)
    assert PackSwitch.objects.count() == 1


def test_what_is_assumed_stands_in_for_features_without_use(editor, version):
    usual = {"assume_requests": "1000", "assume_input": "800", "assume_output": "300"}

    page = editor.post("/packs/mixed-pack/switch/preview/", usual).content.decode()

    assert "assumed: 1,000 requests a month" in page
    assert "where marked, from what you assume" in page


def test_half_an_assumption_is_none(editor, version):
    data = {"assume_requests": "1000", "assume_input": "many"}

    page = editor.post("/packs/mixed-pack/switch/preview/", data).content.decode()

    assert "A whole number." in page
    assert "assumed:" not in page
