import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import ModelAlias
from registry.queries.assignments import current_revision, fallbacks_of
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    OrganizationFactory,
    enabled_model,
)
from tests.registry.assigning import assigned


def features(*arguments):
    out = StringIO()
    call_command("features", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def models(organization):
    return [enabled_model(organization, model_name=name) for name in ("one", "two")]


@pytest.fixture
def feature(organization):
    return FeatureFactory(organization=organization, key="tags", name="Tags")


def test_the_list_names_key_and_model(feature, models):
    assigned(feature, models[0], models[1])

    *_, line = features("list").splitlines()
    assert line.split() == ["tags", "openai/one", "1", "r1", "–"]


def test_the_list_as_json_is_one_document(feature, models):
    assigned(feature, models[0])

    (document,) = json.loads(features("list", "--json"))

    assert (document["key"], document["model"]) == ("tags", "openai/one")
    assert document["problems"] == ["No fallback"]


def test_a_feature_is_assigned_with_fallbacks_and_a_note(feature, models):
    said = features(
        "assign", "tags", "openai/one", "--fallback", "openai/two", "--note", "why"
    )

    revision = current_revision(feature)
    assert said == "tags is now r1: openai/one → openai/two\n"
    assert (revision.ai_model, fallbacks_of(revision)) == (models[0], [models[1]])
    assert (revision.note, revision.actor_label) == ("why", "modelhub features")


def test_assigning_keeps_the_parameters(feature, models):
    assigned(feature, models[0], parameters={"temperature": 0.3})

    features("assign", "tags", "openai/two")

    assert current_revision(feature).parameters == {"temperature": 0.3}


def test_parameters_are_set_beside_those_that_stay(feature, models):
    assigned(feature, models[0], parameters={"temperature": 0.3, "top_p": 0.5})

    words = ("--set", "temperature=0.4", "top_p=", "--set", "stop=END", "stop=FIN")
    features("assign", "tags", "openai/one", *words)

    found = current_revision(feature).parameters
    assert found == {"temperature": 0.4, "stop": ["END", "FIN"]}


def test_a_dry_run_says_what_would_be_and_changes_nothing(feature, models):
    assigned(feature, models[0])
    assigned(feature, models[1])

    for words in (("assign", "tags", "openai/one"), ("rollback", "tags")):
        said = features(*words, "--dry-run")

        assert said.splitlines()[0].startswith("tags is now r3: openai/one")
        assert said.splitlines()[1] == "Dry run: nothing was changed."
        assert json.loads(features(*words, "--dry-run", "--json"))["dry_run"] is True
        assert current_revision(feature).number == 2


def test_assigning_the_same_again_says_so(feature, models):
    assigned(feature, models[0])

    assert "already said so: r1" in features("assign", "tags", "openai/one")


def test_an_alias_stands_for_the_version_it_points_to(feature, models):
    ModelAlias.objects.create(
        provider=models[0].provider, alias="one-latest", ai_model=models[0]
    )

    features("assign", "tags", "openai/one-latest")

    assert current_revision(feature).ai_model == models[0]


def test_the_history_marks_what_is_in_force(feature, models):
    assigned(feature, models[0])
    assigned(feature, models[1])

    lines = features("history", "tags").splitlines()

    assert lines[0].startswith("* r2")
    assert lines[1].strip() == "Model: openai/one → openai/two"


def test_rolling_back_goes_one_step_or_to_a_number(feature, models):
    for model in (models[0], models[1], models[0]):
        assigned(feature, model)

    features("rollback", "tags")
    assert current_revision(feature).ai_model == models[1]

    features("rollback", "tags", "--to", "1")
    assert current_revision(feature).ai_model == models[0]


def test_show_tells_the_problems(feature):
    assert "! No model is assigned" in features("show", "tags")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("show", "nope"), "There is no feature 'nope'"),
        (("show", "tagz"), "Did you mean tags?"),
        (("assign", "tagz", "openai/one"), "Did you mean tags?"),
        (("history", "tag"), "Did you mean tags?"),
        (("rollback", "tag"), "Did you mean tags?"),
        (("assign", "tags", "openai/one", "--set", "heat=1"), "heat is not a parame"),
        (("assign", "tags", "openai/one", "--set", "top_p=hot"), "Top P is a number"),
        (("assign", "tags", "openai/one", "--set", "top_p=7"), "between 0 and 1"),
        (("assign", "tags", "openai/tow"), "Did you mean openai/two"),
        (("assign", "tags", "openai/off"), "openai/off is not enabled."),
        (("assign", "tags", "openai/one", "--note", "x" * 401), "at most 400"),
        (("rollback", "tags"), "never assigned"),
        (("list", "--organization", "nope"), "There is no organisation 'nope'"),
    ],
)
def test_what_cannot_be_done_fails_with_one_clear_line(
    feature, models, arguments, text
):
    AIModelFactory(model_name="off")

    with pytest.raises(CommandError) as error:
        features(*arguments)

    assert text in str(error.value)
    assert error.value.returncode == 1


def test_with_two_organisations_one_must_be_named(feature, organization):
    OrganizationFactory()

    with pytest.raises(CommandError, match="Name the organisation"):
        features("list")

    assert "tags" in features("list", "--organization", organization.slug)


def test_a_feature_of_another_organisation_is_not_there(feature, models):
    other = OrganizationFactory(slug="other")

    with pytest.raises(CommandError, match="no feature 'tags' in other"):
        features("show", "tags", "--organization", other.slug)
