"""Lists that no provider should send, and some do."""

import time

import pytest

from registry.models import AIModel
from registry.providers.adapter import OfferedModel
from tests.factories import ConnectionFactory
from tests.registry.discovery.listing import discover


@pytest.fixture
def connection(organization):
    return ConnectionFactory(organization=organization)


def test_ten_thousand_models_are_read_in_reasonable_time(connection):
    started = time.monotonic()

    report = discover(connection, *(f"m-{number}" for number in range(10_000)))

    assert AIModel.objects.count() == 2_000
    assert report.left_out == 8_000
    assert report.as_dict()["counts"]["new"] == 2_000
    assert len(report.as_dict()["new"]) == 200
    assert time.monotonic() - started < 20


def test_an_id_that_comes_twice_is_one_model(connection):
    first = OfferedModel(model_name="a", family="first")

    discover(connection, first, OfferedModel(model_name="a", family="second"), "a")

    assert AIModel.objects.get().family == "first"


@pytest.mark.parametrize(
    "name",
    ["", " ", "x" * 500, "a\x00b", "a\nb", " padded ", "/first", "a//b", "a/../b"],
)
def test_a_name_that_cannot_be_kept_is_left_out_and_counted(connection, name):
    report = discover(connection, name, "good")

    assert AIModel.objects.get().model_name == "good"
    assert report.unusable == 1


@pytest.mark.parametrize(
    "name",
    ["meta/llama 4 (scout)", "<b>bold</b>x", "org/team/model:free", "模型-1", "a.b@c"],
)
def test_odd_but_usable_names_have_a_page(editor, connection, name):
    discover(connection, name)

    response = editor.get(AIModel.objects.get().get_absolute_url())

    assert response.status_code == 200
    assert "<b>bold" not in response.content.decode()


def test_facts_that_cannot_be_true_are_left_out(connection):
    offered = OfferedModel(
        model_name="a",
        name="A\x00" + "n" * 300,
        context_window=2**40,
        max_output_tokens=-1,
        capabilities=frozenset({"tools", "telepathy"}),
        input_modalities=("text", "smell"),
        family="f" * 200,
        parameter_count_billions=float("nan"),
        quantisation="q" * 99,
        memory_gb=float("inf"),
        size_bytes=-5,
    )

    discover(connection, offered)

    model = AIModel.objects.get()
    model.full_clean(exclude=["max_images", "notes"])
    assert len(model.name) == 200
    assert model.context_window is None
    assert model.max_output_tokens is None
    assert model.capabilities == ["tools"]
    assert model.input_modalities == ["text"]
    assert model.parameter_count_billions is None
    assert model.min_memory_gb is None
    assert connection.offered_models.get().size_bytes is None


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"capabilities": frozenset({"embedding"})}, "embedding"),
        ({"output_modalities": ("image",)}, "image"),
        ({"output_modalities": ("audio",)}, "audio"),
        ({"capabilities": frozenset({"image_generation"})}, "image"),
        (
            {"input_modalities": ("text", "image"), "output_modalities": ("text",)},
            "vision",
        ),
        ({"capabilities": frozenset({"text_generation"})}, "language"),
        ({}, ""),
    ],
)
def test_the_type_is_what_the_provider_says_or_not_known(connection, facts, kind):
    discover(connection, OfferedModel(model_name="a", **facts))

    assert AIModel.objects.get().model_type == kind
