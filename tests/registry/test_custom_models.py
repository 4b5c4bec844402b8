"""Models that an organisation adds for itself."""

import datetime

import pytest
from django.urls import reverse

from registry.facts import EDITED
from registry.models import (
    AIModel,
    Assignment,
    AssignmentRevision,
    AuditEntry,
    Price,
    Provider,
)
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    PriceFactory,
    ProviderFactory,
)

ADD = "/models/add/"
LEAST = {"provider": "custom", "model_name": "llama-local"}


@pytest.fixture
def own_model(organization) -> AIModel:
    return AIModelFactory(organization=organization, model_name="own", name="Own")


def edit(ai_model: AIModel) -> str:
    return reverse("registry:model_edit", args=[ai_model.pk])


def as_sent(client, ai_model: AIModel, **changes: object) -> dict[str, object]:
    form = client.get(edit(ai_model)).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {k: "" if v is None else v for k, v in data.items()} | changes


def in_use(ai_model: AIModel, *, now: bool = True) -> None:
    feature = FeatureFactory(organization=ai_model.organization, name="Tagging")
    old = AssignmentRevision.objects.create(
        feature=feature, number=1, ai_model=ai_model, actor_label="x"
    )
    new = AssignmentRevision.objects.create(feature=feature, number=2, actor_label="x")
    Assignment.objects.create(
        feature=feature, revision=old if now else new, revision_number=1
    )


def test_a_model_is_added_with_its_facts_and_price(editor, organization):
    response = editor.post(
        ADD,
        LEAST
        | {
            "name": "Llama on our box",
            "model_type": "language",
            "capabilities": ["text_generation", "tools"],
            "context_window": "32000",
            "is_open_weights": "true",
            "parameter_count_billions": "8.03",
            "quantisation": "Q4_K_M",
            "min_memory_gb": "6",
            "recommended_memory_gb": "8",
            "released_on": "2026-01-31",
            "input_usd_per_million": "0",
            "per_image_usd": "0.01",
        },
    )

    assert response.status_code == 302
    ai_model = AIModel.objects.get()
    assert ai_model.reference == "custom/llama-local"
    assert ai_model.organization == organization
    assert ai_model.released_on == datetime.date(2026, 1, 31)
    assert ai_model.is_open_weights is True
    assert ai_model.max_images is None
    assert ai_model.fact_sources["context_window"]["source"] == EDITED
    price = Price.objects.get()
    assert price.rates == {"standard": {"input_mtok": "0"}, "per_image_usd": "0.01"}
    assert price.output_usd_per_million is None
    actions = AuditEntry.objects.filter(organization=organization)
    assert {entry.action for entry in actions} == {"model.added", "price.added"}


def test_the_least_is_a_provider_and_an_id(editor):
    response = editor.post(ADD, LEAST)

    assert response.status_code == 302
    ai_model = AIModel.objects.get()
    assert ai_model.name == "llama-local"
    assert not Price.objects.exists()
    assert list(ai_model.fact_sources) == ["name"]


@pytest.mark.parametrize(
    "model_name",
    [
        "org/model",
        "meta-llama/Llama-3.1:free",
        "ft:gpt-4o:acme::abc",
        "v1.0.0",
        "a/b/c.d:e@2026-01-01",
        "with space",
        "q?x=1#y%20z",
        "<script>alert(1)</script>",
        "add",
        "5/edited",
        "ümläut",
    ],
)
def test_an_id_of_any_shape_has_an_address(editor, model_name):
    response = editor.post(ADD, LEAST | {"model_name": model_name})

    assert response.status_code == 302
    ai_model = AIModel.objects.get()
    assert ai_model.model_name == model_name
    page = editor.get(response["Location"])
    assert page.status_code == 200
    assert page.wsgi_request.resolver_match.kwargs == {
        "provider_slug": "custom",
        "model_name": model_name,
    }


def test_an_id_that_looks_like_a_script_is_escaped(editor):
    editor.post(ADD, LEAST | {"model_name": "<script>alert(1)</script>"})
    ai_model = AIModel.objects.get()

    for address in (edit(ai_model), ai_model.get_absolute_url()):
        assert "<script>alert" not in editor.get(address).content.decode()


@pytest.mark.parametrize(
    "model_name",
    ["5/edit", "7/delete", "a//b", "/a", "a/", "..", "a/../b", "x/-/price", "a\tb", ""],
)
def test_an_id_without_an_address_is_refused_beside_the_field(editor, model_name):
    response = editor.post(ADD, LEAST | {"model_name": model_name})

    assert response.status_code == 422
    assert "model_name" in response.context["form"].errors
    assert not AIModel.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("provider", "nobody"),
        ("context_window", "0"),
        ("context_window", "-1"),
        ("context_window", "NaN"),
        ("context_window", "99999999999"),
        ("tokens_per_minute", "many"),
        ("capabilities", "flying"),
        ("model_type", "robot"),
        ("knowledge_cutoff", "spring"),
        ("released_on", "31.12.2026"),
        ("input_usd_per_million", "-1"),
        ("input_usd_per_million", "1e30"),
        ("output_usd_per_million", "NaN"),
        ("parameter_count_billions", "Infinity"),
        ("name", "x" * 201),
        ("description", "x" * 2001),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(editor, field, value):
    response = editor.post(ADD, LEAST | {field: value})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not AIModel.objects.exists()
    assert not AuditEntry.objects.exists()


def test_everything_that_is_wrong_is_said_at_once(editor):
    data = LEAST | {"model_name": "a//b", "context_window": "0"}

    errors = editor.post(ADD, data).context["form"].errors

    assert set(errors) == {"model_name", "context_window"}


def test_less_memory_recommended_than_needed_is_refused(editor):
    data = LEAST | {"min_memory_gb": "8", "recommended_memory_gb": "6"}

    response = editor.post(ADD, data)

    assert "recommended_memory_gb" in response.context["form"].errors


def test_a_second_model_of_the_same_id_is_refused(editor):
    editor.post(ADD, LEAST)

    response = editor.post(ADD, LEAST)

    assert response.status_code == 422
    assert "You have custom/llama-local already." in response.content.decode()


def test_an_id_of_the_catalogue_is_refused(editor):
    ai_model = AIModelFactory(model_name="gpt-5")

    response = editor.post(ADD, {"provider": "openai", "model_name": "gpt-5"})

    assert "The catalogue has openai/gpt-5 already" in response.content.decode()
    assert AIModel.objects.get() == ai_model


def test_two_organisations_may_have_the_same_id(editor, stranger):
    editor.post(ADD, LEAST)

    response = stranger.post(ADD, LEAST)

    assert response.status_code == 302
    assert AIModel.objects.count() == 2


def test_a_model_can_stand_at_a_known_provider(editor):
    ProviderFactory(slug="ollama")

    editor.post(ADD, {"provider": "ollama", "model_name": "llama3:8b"})

    assert AIModel.objects.get().reference == "ollama/llama3:8b"
    assert not Provider.objects.filter(slug="custom").exists()


def test_facts_are_edited_and_audited(editor, own_model):
    data = as_sent(editor, own_model, context_window="64000", capabilities=["tools"])

    response = editor.post(edit(own_model), data)

    assert response["Location"] == own_model.get_absolute_url()
    own_model.refresh_from_db()
    assert own_model.context_window == 64000
    entry = AuditEntry.objects.get()
    assert entry.action == "model.edited"
    assert entry.before == {
        "context_window": 128000,
        "capabilities": ["text_generation"],
    }


def test_a_changed_price_holds_from_now_on(editor, own_model):
    old = PriceFactory(ai_model=own_model, effective_from=None)

    editor.post(edit(own_model), as_sent(editor, own_model, input_usd_per_million="2"))

    old.refresh_from_db()
    new = Price.objects.exclude(pk=old.pk).get()
    assert old.effective_to == new.effective_from
    assert new.rates == {"standard": {"input_mtok": "2", "output_mtok": "3"}}


def test_saving_without_a_change_writes_nothing(editor, own_model):
    PriceFactory(ai_model=own_model, effective_from=None)

    editor.post(edit(own_model), as_sent(editor, own_model))

    assert Price.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_a_price_with_tiers_survives_an_edit_of_the_facts(editor, own_model):
    rates = {
        "standard": {
            "input_mtok": {"base": "1", "tiers": [{"start": 200000, "price": "2"}]},
            "output_mtok": "3",
        }
    }
    PriceFactory(ai_model=own_model, effective_from=None, rates=rates)

    editor.post(edit(own_model), as_sent(editor, own_model, name="New name"))

    own_model.refresh_from_db()
    assert own_model.name == "New name"
    assert Price.objects.get().rates == rates


def test_a_stale_form_changes_nothing_and_says_so(editor, own_model):
    first = as_sent(editor, own_model, name="First")
    second = as_sent(editor, own_model, name="Second")
    editor.post(edit(own_model), first)

    response = editor.post(edit(own_model), second)

    assert response.status_code == 409
    assert "Somebody else changed this model" in response.content.decode()
    own_model.refresh_from_db()
    assert own_model.name == "First"


def test_a_model_in_use_is_neither_retired_nor_deleted(editor, own_model):
    in_use(own_model)

    for name in ("model_retire", "model_delete"):
        response = editor.post(
            reverse(f"registry:{name}", args=[own_model.pk]), follow=True
        )
        assert "It is in use: Tagging" in response.content.decode()

    own_model.refresh_from_db()
    assert own_model.retired_on is None


def test_a_model_of_the_past_is_retired_but_not_deleted(editor, own_model):
    in_use(own_model, now=False)
    editor.post(reverse("registry:model_delete", args=[own_model.pk]))

    editor.post(reverse("registry:model_retire", args=[own_model.pk]))

    own_model.refresh_from_db()
    assert own_model.retired_on is not None
    assert [one.action for one in AuditEntry.objects.all()] == ["model.retired"]


def test_an_unused_model_is_deleted_with_its_prices(editor, own_model):
    PriceFactory(ai_model=own_model)

    response = editor.post(reverse("registry:model_delete", args=[own_model.pk]))

    assert response["Location"] == reverse("registry:model_list")
    assert not AIModel.objects.exists()
    assert not Price.objects.exists()
    assert AuditEntry.objects.get().before["model_name"] == "own"


def test_another_organisations_model_is_not_there(stranger, own_model):
    assert stranger.get(edit(own_model)).status_code == 404
    for name in ("model_edit", "model_retire", "model_delete"):
        address = reverse(f"registry:{name}", args=[own_model.pk])
        assert stranger.post(address, LEAST).status_code == 404
    assert AIModel.objects.exists()


def test_a_model_of_the_catalogue_is_not_edited_here(editor):
    assert editor.get(edit(AIModelFactory())).status_code == 404


def test_a_viewer_may_not_add_edit_retire_or_delete(viewer, own_model):
    assert viewer.get(ADD).status_code == 403
    assert viewer.post(ADD, LEAST).status_code == 403
    for name in ("model_edit", "model_retire", "model_delete"):
        address = reverse(f"registry:{name}", args=[own_model.pk])
        assert viewer.post(address).status_code == 403


def test_retiring_and_deleting_take_a_post(editor, own_model):
    for name in ("model_retire", "model_delete"):
        address = reverse(f"registry:{name}", args=[own_model.pk])
        assert editor.get(address).status_code == 405
