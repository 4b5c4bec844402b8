import datetime

import pytest

from registry.models import AuditEntry, ModelSetting
from registry.services.assignments import assign_model
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    ModelSettingFactory,
    OrganizationFactory,
    enabled_model,
)

HTMX = {"HX-Request": "true"}


def form(version=1, **values):
    return {"version": version, "temperature": "0.3", **values}


@pytest.fixture
def model(db):
    return AIModelFactory(model_name="meta/llama-3.1:8b")


def test_enabling_answers_with_the_whole_card_and_an_undo(editor, organization, model):
    response = editor.post(
        f"{model.get_absolute_url()}-/enable/", {"place": "card"}, headers=HTMX
    )
    text = response.content.decode()

    assert response.status_code == 200
    assert text.lstrip().startswith(f'<article class="card" id="model-{model.pk}">')
    assert ">Enabled</span>" in text
    assert 'hx-swap-oob="beforeend:.toasts"' in text
    assert "Undo" in text
    assert ModelSetting.objects.get(ai_model=model).is_enabled


@pytest.mark.parametrize(("place", "element"), [("row", "<tr id"), ("head", "<header")])
def test_the_answer_is_the_element_the_button_stands_in(editor, model, place, element):
    response = editor.post(
        f"{model.get_absolute_url()}-/enable/", {"place": place}, headers=HTMX
    )

    assert response.content.decode().lstrip().startswith(element)


def test_without_script_the_person_comes_back_to_the_list(editor, model):
    came_from = "http://testserver/models/?q=llama&page=2"

    response = editor.post(
        f"{model.get_absolute_url()}-/enable/", headers={"Referer": came_from}
    )

    assert (response.status_code, response["Location"]) == (302, came_from)


def test_nobody_is_sent_to_another_site(editor, model):
    response = editor.post(
        f"{model.get_absolute_url()}-/enable/",
        headers={"Referer": "https://elsewhere.example/"},
    )

    assert response["Location"] == model.get_absolute_url()


def test_a_model_in_use_stays_enabled_and_the_reason_is_said(editor, organization):
    model = enabled_model(organization)
    assign_model(
        feature=FeatureFactory(organization=organization, name="Photo tagging"),
        ai_model=model,
        actor=None,
        expected_revision=0,
    )

    response = editor.post(f"{model.get_absolute_url()}-/disable/", headers=HTMX)

    assert response.status_code == 409
    assert "in use by Photo tagging" in response.content.decode()
    assert ModelSetting.objects.get(ai_model=model).is_enabled


@pytest.mark.parametrize("verb", ["enable", "disable", "configure"])
def test_a_viewer_may_change_nothing(viewer, model, verb):
    response = viewer.post(f"{model.get_absolute_url()}-/{verb}/", form())

    assert response.status_code == 403
    assert "Viewers can look" in response.content.decode()
    assert not ModelSetting.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("verb", ["enable", "disable", "configure"])
def test_another_organisations_model_is_not_found(editor, verb):
    foreign = AIModelFactory(organization=OrganizationFactory())

    response = editor.post(f"{foreign.get_absolute_url()}-/{verb}/", form())

    assert response.status_code == 404


def test_switching_needs_a_post(editor, model):
    assert editor.get(f"{model.get_absolute_url()}-/enable/").status_code == 405


def test_the_drawer_is_a_fragment_or_a_page(editor, model):
    address = f"{model.get_absolute_url()}-/configure/"

    fragment = editor.get(address, headers=HTMX).content.decode()
    page = editor.get(address).content.decode()

    assert fragment.startswith("<dialog")
    assert "data-open" in fragment
    assert "<html" in page
    assert '<dialog class="drawer" data-docked open' in page


def test_a_configuration_is_saved_and_shown(editor, organization, model):
    fallback = enabled_model(organization, model_name="cheap")
    address = f"{model.get_absolute_url()}-/configure/"

    response = editor.post(
        address,
        form(stop="END\r\n", fallback_1=fallback.pk, notes="why", use_batch_price="on"),
    )
    page = editor.get(response["Location"]).content.decode()

    setting = ModelSetting.objects.get(ai_model=model)
    assert setting.default_parameters == {"temperature": 0.3, "stop": ["END"]}
    assert setting.use_batch_price
    assert "openai/cheap" in page
    assert "Configured" in page


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"temperature": "2.5"}, "Temperature lies between 0 and 2."),
        ({"temperature": "NaN"}, "Enter a number."),
        ({"max_tokens": "1e30"}, "Enter a whole number."),
        ({"monthly_limit_usd": "-1"}, "greater than or equal to 0"),
        ({"fallback_1": "999999"}, "not one of the available choices"),
        ({"stop": "1\n2\n3\n4\n5"}, "At most 4 stop sequences"),
    ],
)
def test_a_wrong_value_comes_back_with_the_reason_beside_it(
    editor, model, wrong, message
):
    response = editor.post(
        f"{model.get_absolute_url()}-/configure/", form() | wrong, headers=HTMX
    )
    text = response.content.decode()

    assert response.status_code == 422
    assert message in text
    assert 'aria-invalid="true"' in text
    assert not ModelSetting.objects.exists()


def test_the_same_fallback_twice_is_refused_beside_the_second(
    editor, organization, model
):
    other = enabled_model(organization)

    response = editor.post(
        f"{model.get_absolute_url()}-/configure/",
        form(fallback_1=other.pk, fallback_2=other.pk),
        headers=HTMX,
    )

    assert response.status_code == 422
    assert "fallback_2" in response.context["form"].errors


def test_a_stale_form_shows_both_values_and_can_be_sent_again(
    editor, organization, model
):
    setting = ModelSettingFactory(
        organization=organization,
        ai_model=model,
        default_parameters={"temperature": 0.9},
        version=5,
    )
    address = f"{model.get_absolute_url()}-/configure/"

    stale = editor.post(address, form(version=4), headers=HTMX)
    text = stale.content.decode()
    setting.refresh_from_db()

    assert stale.status_code == 409
    assert "<del>0.9</del>" in text
    assert "<ins>0.3</ins>" in text
    assert setting.default_parameters == {"temperature": 0.9}
    assert 'name="version" value="5"' in text

    assert editor.post(address, form(version=5), headers=HTMX).status_code == 200
    setting.refresh_from_db()
    assert setting.default_parameters == {"temperature": 0.3}


def test_an_alias_is_never_configured(editor, model):
    from registry.models import ModelAlias

    ModelAlias.objects.create(provider=model.provider, alias="latest", ai_model=model)

    assert editor.post("/models/openai/latest/-/enable/").status_code == 404


def test_a_retired_model_is_refused_with_a_reason(editor):
    model = AIModelFactory(retired_on=datetime.date(2020, 1, 1))

    response = editor.post(f"{model.get_absolute_url()}-/enable/", headers=HTMX)

    assert response.status_code == 409
    assert "retired" in response.content.decode()
