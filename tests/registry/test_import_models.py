import datetime

import pytest

from registry.facts import EDITED
from registry.models import AIModel, AuditEntry
from tests.factories import AIModelFactory, OrganizationFactory, ProviderFactory
from tests.registry.importing import confirm, export, preview, problems


@pytest.fixture
def openai(db):
    return ProviderFactory(slug="openai", name="OpenAI")


def test_a_preview_stores_nothing(operator, openai):
    response = preview(operator, "aimodel", "provider,model_name,name\nopenai,m,M\n")

    assert response.context["totals"]["new"] == 1
    assert not AIModel.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_confirmed_import_adds_marks_and_audits(operator, openai):
    text = (
        "provider,model_name,name,capabilities,context_window,released_on\n"
        "openai,org/model:1.5,Model,tools;reasoning,128000,2026-03-01\n"
    )

    confirm(operator, "aimodel", preview(operator, "aimodel", text))

    ai_model = AIModel.objects.get()
    assert ai_model.model_name == "org/model:1.5"
    assert ai_model.capabilities == ["tools", "reasoning"]
    assert ai_model.released_on == datetime.date(2026, 3, 1)
    assert ai_model.search_text == "openai/org/model:1.5 model openai"
    assert ai_model.fact_sources["context_window"]["source"] == EDITED
    assert ai_model.fact_sources["context_window"]["by"] == "operator@example.com"
    assert "version" not in ai_model.fact_sources
    entry = AuditEntry.objects.get()
    assert entry.action == "model.imported"
    assert entry.after["context_window"] == 128000


def test_only_facts_that_change_are_marked(operator, openai):
    AIModelFactory(provider=openai, model_name="m", name="M", context_window=1000)
    text = "provider,model_name,name,context_window\nopenai,m,M,2000\n"

    confirm(operator, "aimodel", preview(operator, "aimodel", text))

    ai_model = AIModel.objects.get()
    assert list(ai_model.fact_sources) == ["context_window"]
    entry = AuditEntry.objects.get()
    assert (entry.before, entry.after) == (
        {"context_window": 1000},
        {"context_window": 2000},
    )


def test_a_column_that_is_absent_stays_as_it_is(operator, openai):
    AIModelFactory(provider=openai, model_name="m", family="f")

    confirm(
        operator,
        "aimodel",
        preview(operator, "aimodel", "provider,model_name,name\nopenai,m,New\n"),
    )

    ai_model = AIModel.objects.get()
    assert (ai_model.name, ai_model.family) == ("New", "f")


@pytest.mark.parametrize("kind", ["csv", "json", "yaml"])
def test_an_export_imported_again_changes_nothing(operator, openai, kind):
    AIModelFactory(
        provider=openai,
        model_name="=cmd|x",
        name='\'=odd; "name"\nwith a line',
        description="@SUM(1|2)",
        version="1.50",
        knowledge_cutoff="2025",
        is_open_weights=False,
        parameter_count_billions="7.500",
        released_on=datetime.date(2026, 1, 2),
    )
    AIModelFactory(provider=openai, organization=OrganizationFactory(), name="no")

    response = preview(operator, "aimodel", export(operator, "aimodel", kind), kind)

    assert response.context["problems"] == []
    assert response.context["totals"]["skip"] == 2


@pytest.mark.parametrize("kind", ["csv", "json", "yaml"])
def test_an_export_fills_an_empty_registry_with_the_same(operator, openai, kind):
    AIModelFactory(
        provider=openai, model_name="a/b.c:d", capabilities=["tools"], family="=f"
    )
    content = export(operator, "aimodel", kind)
    AIModel.objects.all().delete()

    confirm(operator, "aimodel", preview(operator, "aimodel", content, kind))

    assert export(operator, "aimodel", kind) == content


def test_every_error_is_listed_with_its_line_and_nothing_is_stored(operator, openai):
    text = (
        "provider,model_name,name,context_window,capabilities,released_on\n"
        "openai,good,Good,1000,,\n"
        "openai,bad,Bad,0,,\n"
        "openai,worse,Worse,many,flying,31.12.2025\n"
        "nobody,x,X,,,\n"
        "openai,good,Again,,,\n"
    )

    found = problems(preview(operator, "aimodel", text))

    assert {(line, column) for line, column, _ in found} == {
        (3, "context_window"),
        (4, "context_window"),
        (4, "capabilities"),
        (4, "released_on"),
        (5, "provider"),
        (6, ""),
    }
    assert (6, "", "openai/good stands on line 2 already.") in found
    assert not AIModel.objects.exists()


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("NaN", "“NaN” is not a whole number."),
        ("1e30", "“1e30” is not a whole number."),
        ("-5", "Ensure this value is greater than or equal to 1."),
        ("99999999999", "Ensure this value is less than or equal to 2147483647."),
    ],
)
def test_an_absurd_number_is_refused(operator, openai, cell, sentence):
    text = f"provider,model_name,name,context_window\nopenai,m,M,{cell}\n"

    assert problems(preview(operator, "aimodel", text)) == [
        (2, "context_window", sentence)
    ]


def test_an_unknown_column_is_refused(operator, openai):
    [(line, _, sentence)] = problems(
        preview(operator, "aimodel", "provider,model_name,colour\nopenai,m,red\n")
    )[:1]

    assert line is None
    assert sentence.startswith("Nothing is known about the column “colour”.")


def test_a_wrong_type_in_json_is_refused(operator, openai):
    text = '[{"provider": "openai", "model_name": "m", "name": ["M"]}]'

    assert problems(preview(operator, "aimodel", text, "json")) == [
        (1, "name", "“['M']” is not a text.")
    ]


def test_an_import_that_went_stale_stores_nothing(operator, openai):
    text = "provider,model_name,name\nopenai,a,A\nopenai,b,B\n"
    previewed = preview(operator, "aimodel", text)
    openai.delete()

    response = confirm(operator, "aimodel", previewed)

    assert response.status_code == 302
    assert not AIModel.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_preview_can_be_confirmed_once(operator, openai):
    previewed = preview(operator, "aimodel", "provider,model_name,name\nopenai,m,M\n")
    confirm(operator, "aimodel", previewed)

    response = confirm(operator, "aimodel", previewed)

    assert response["Location"].endswith("/import/")
    assert AIModel.objects.count() == 1


def test_staff_without_rights_cannot_import(client, openai, django_user_model):
    client.force_login(
        django_user_model.objects.create_user("staff@example.com", is_staff=True)
    )

    response = preview(client, "aimodel", "provider,model_name\nopenai,m\n")

    assert response.status_code == 403
