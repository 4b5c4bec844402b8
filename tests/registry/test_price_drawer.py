"""The drawer in which an editor agrees an own price of a model."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import AuditEntry, ModelAlias, Price
from registry.services.prices import set_negotiated_price
from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory

HTMX = {"HX-Request": "true", "HX-Target": "overlays"}


@pytest.fixture
def ai_model(db):
    return PriceFactory(
        ai_model__model_name="meta/llama-4:free", input_usd="4", output_usd="8"
    ).ai_model


@pytest.fixture
def url(ai_model):
    return reverse("registry:price_edit", args=["openai", ai_model.model_name])


def own_price(organization) -> Price:
    return Price.objects.get(organization=organization)


def in_days(days: int) -> str:
    return (timezone.now().date() + datetime.timedelta(days=days)).isoformat()


def test_the_page_shows_the_rates_that_hold_now(editor, url):
    response = editor.get(url)

    assert response.status_code == 200
    page = response.content.decode()
    assert "<html" in page
    assert 'name="input_usd" value="4"' in page
    assert 'method="post"' in page


def test_a_fragment_request_gets_the_drawer_alone(editor, url):
    response = editor.get(url, headers=HTMX)

    drawer = response.content.decode()
    assert drawer.lstrip().startswith("<dialog")
    assert "data-open" in drawer
    assert "HX-Target" in response["Vary"]


def test_a_discount_is_saved_and_leads_back_to_the_model(
    editor, url, ai_model, organization
):
    response = editor.post(
        url, {"kind": "discount", "discount_percent": "12.5", "note": "Contract 7"}
    )

    assert response.status_code == 302
    assert response["Location"] == ai_model.get_absolute_url()
    price = own_price(organization)
    assert price.discount_percent == Decimal("12.5")
    assert price.note == "Contract 7"
    assert AuditEntry.objects.get().action == "price.negotiated"


def test_in_a_fragment_the_browser_is_led_back_as_a_whole(editor, url, ai_model):
    response = editor.post(
        url, {"kind": "discount", "discount_percent": "5"}, headers=HTMX
    )

    assert response["HX-Redirect"] == ai_model.get_absolute_url()


def test_exact_rates_with_batch_and_days_are_saved(editor, url, organization):
    editor.post(
        url,
        {
            "kind": "exact",
            "input_usd": "2.50",
            "output_usd": "10",
            "batch_input_usd": "1.25",
            "starts_on": in_days(1),
            "last_day": in_days(30),
        },
    )

    price = own_price(organization)
    assert price.rates == {
        "standard": {"input_mtok": "2.50", "output_mtok": "10"},
        "variants": [
            {"when": {"processing": "batch"}, "prices": {"input_mtok": "1.25"}}
        ],
    }
    assert price.effective_from.isoformat() == f"{in_days(1)}T00:00:00+00:00"
    assert price.effective_to.isoformat() == f"{in_days(31)}T00:00:00+00:00"


def test_today_means_from_now_on(editor, url, organization):
    before = timezone.now()

    editor.post(
        url, {"kind": "discount", "discount_percent": "5", "starts_on": in_days(0)}
    )

    assert before <= own_price(organization).effective_from <= timezone.now()


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"kind": "discount"}, "discount_percent", "Say how many percent."),
        ({"discount_percent": "101"}, "discount_percent", "less than or equal to 100"),
        ({"discount_percent": "-1"}, "discount_percent", "greater than or equal to 0"),
        ({"discount_percent": "NaN"}, "discount_percent", "Write a number of percent"),
        ({"discount_percent": "a lot"}, "discount_percent", "Write a number of"),
        ({"kind": "exact"}, "input_usd", "Give at least one rate."),
        ({"kind": "exact", "input_usd": "-1"}, "input_usd", "greater than or equal"),
        ({"kind": "exact", "input_usd": "1e30"}, "input_usd", "less than or equal"),
        ({"kind": "free"}, "kind", "not one of the available choices"),
        (
            {"discount_percent": "5", "starts_on": in_days(-1)},
            "starts_on",
            "cannot start in the past",
        ),
        (
            {"discount_percent": "5", "last_day": in_days(-1)},
            "last_day",
            "comes before the first",
        ),
        ({"discount_percent": "5", "starts_on": "soon"}, "starts_on", "valid date"),
        (
            {"discount_percent": "5", "note": "x" * 401},
            "note",
            "at most 400 characters",
        ),
    ],
)
def test_what_is_wrong_stands_beside_its_field(editor, url, fields, field, said):
    response = editor.post(url, {"kind": "discount", **fields}, headers=HTMX)

    assert response.status_code == 422
    assert said in str(response.context["form"].errors[field])
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Price.objects.exclude(organization=None).exists()


def test_what_the_service_refuses_stands_beside_its_field_too(
    editor, url, ai_model, organization
):
    set_negotiated_price(
        organization=organization,
        ai_model=ai_model,
        actor=None,
        discount_percent=Decimal(1),
        effective_from=timezone.now() + datetime.timedelta(days=9),
    )

    response = editor.post(url, {"kind": "discount", "discount_percent": "5"})

    assert response.status_code == 422
    assert "already planned" in str(response.context["form"].errors["last_day"])


def test_a_double_submit_saves_one_price(editor, url, organization):
    for _ in range(2):
        editor.post(url, {"kind": "discount", "discount_percent": "5"})

    assert own_price(organization).effective_to is None
    assert AuditEntry.objects.count() == 1


@pytest.fixture
def agreed(ai_model, organization):
    return set_negotiated_price(
        organization=organization,
        ai_model=ai_model,
        actor=None,
        discount_percent=Decimal(5),
    )


def end_url(price) -> str:
    return reverse(
        "registry:price_end", args=["openai", price.ai_model.model_name, price.pk]
    )


def test_an_own_price_is_listed_and_ended(editor, url, agreed):
    assert end_url(agreed) in editor.get(url).content.decode()

    for _ in range(2):
        assert editor.post(end_url(agreed)).status_code == 302

    agreed.refresh_from_db()
    assert agreed.effective_to <= timezone.now()
    assert AuditEntry.objects.filter(action="price.ended").count() == 1


def test_ending_by_following_a_link_is_not_possible(editor, agreed):
    assert editor.get(end_url(agreed)).status_code == 405


def test_a_viewer_may_neither_look_nor_save(viewer, url, agreed):
    assert viewer.get(url).status_code == 403
    assert viewer.post(url, {"kind": "discount"}).status_code == 403
    assert viewer.post(end_url(agreed)).status_code == 403


def test_another_organisations_price_and_model_are_not_there(stranger, agreed):
    hidden = AIModelFactory(organization=OrganizationFactory(), model_name="hidden")
    page = reverse("registry:price_edit", args=["openai", hidden.model_name])

    assert stranger.post(end_url(agreed)).status_code == 404
    assert stranger.get(page).status_code == 404
    agreed.refresh_from_db()
    assert agreed.effective_to is None


def test_a_catalogue_price_cannot_be_ended_here(editor, ai_model):
    assert editor.post(end_url(ai_model.prices.get())).status_code == 404


def test_an_alias_has_no_price_of_its_own(editor, ai_model):
    ModelAlias.objects.create(
        provider=ai_model.provider, alias="latest", ai_model=ai_model
    )

    url = reverse("registry:price_edit", args=["openai", "latest"])

    assert editor.get(url).status_code == 404


def test_a_model_without_any_price_can_get_one(editor, organization):
    model = AIModelFactory(model_name="new-1")
    url = reverse("registry:price_edit", args=["openai", "new-1"])

    assert editor.get(url).status_code == 200
    editor.post(url, {"kind": "exact", "input_usd": "1"})

    assert own_price(organization).ai_model == model
