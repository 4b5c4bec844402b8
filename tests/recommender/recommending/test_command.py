"""`modelhub recommend` beside the router: what it prints, writes and refuses."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from recommender.models import Recommendation, RecommendationState
from registry.models import Pack
from registry.queries.assignments import current_revision
from tests.factories import OrganizationFactory, ProviderFactory
from tests.recommender.recommending.working import at_work, priced


@pytest.fixture
def recommend(organization):
    """Runs the command for the organisation; what it prints."""

    def run(*arguments):
        out = StringIO()
        call_command(
            "recommend", *arguments, "--organization", organization.slug, stdout=out
        )
        return out.getvalue()

    return run


def test_a_feature_has_ranked_candidates_with_reasons_and_the_saving(
    recommend, support, as_good
):
    said = recommend("features", "support")
    assert "openai/cheap" in said
    assert "not worse" in said
    assert "Instead of today's: Costs $" in said
    ranked = json.loads(recommend("features", "support", "--json"))["ranked"]
    best = next(one for one in ranked if one["model"] == "openai/cheap")
    low, high = float(best["saving_low_usd"]), float(best["saving_high_usd"])
    assert low <= float(best["saving_usd"]) <= high


def test_all_features_are_told_with_what_is_proposed_and_nothing_is_written(
    recommend, support, as_good
):
    told = json.loads(recommend("features", "--json"))
    assert told["support"]["proposed"] == "openai/cheap"
    assert "support" in recommend("features")
    assert not Recommendation.objects.exists()


def test_looking_keeps_what_is_found_but_not_on_trial(recommend, support, as_good):
    assert "Dry run" in recommend("look", "--dry-run")
    assert not Recommendation.objects.exists()
    said = recommend("look")
    assert "Looked at 1 feature: 1 could be judged, 1 suggestion." in said
    assert "openai/cheap" in recommend("list")
    assert json.loads(recommend("list", "--json"))[0]["kind"] == "saving"
    assert "Nothing here." in recommend("list", "--kind", "retiring")


def test_applied_and_taken_back(recommend, suggestion, support, dear, cheap):
    pk = str(suggestion.pk)
    assert "Dry run" in recommend("apply", pk, "--dry-run")
    assert current_revision(support).ai_model == dear
    assert "is on openai/cheap now." in recommend("apply", pk)
    assert current_revision(support).ai_model == cheap
    assert "is on openai/dear now." in recommend("undo", pk)
    assert current_revision(support).ai_model == dear


def test_dismissed_with_a_reason_put_off_and_opened_again(recommend, suggestion):
    pk = str(suggestion.pk)
    recommend("snooze", pk, "--days", "30")
    recommend("reopen", pk)
    assert "dismissed" in recommend("dismiss", pk, "--reason", "Too new.")
    suggestion.refresh_from_db()
    assert suggestion.state == RecommendationState.DISMISSED
    assert suggestion.reason == "Too new."


def test_what_cannot_be_decided_fails_with_a_line(recommend, suggestion):
    with pytest.raises(CommandError, match="It is not applied") as refused:
        recommend("undo", str(suggestion.pk))
    assert refused.value.returncode == 1
    with pytest.raises(CommandError, match="There is no recommendation 999") as gone:
        recommend("apply", "999")
    assert gone.value.returncode == 1
    with pytest.raises(CommandError, match="Say why"):
        recommend("dismiss", str(suggestion.pk), "--reason", " ")


def test_another_organisations_recommendation_is_not_there(recommend, suggestion):
    Recommendation.objects.update(organization=OrganizationFactory())
    with pytest.raises(CommandError, match="There is no recommendation"):
        recommend("apply", str(suggestion.pk))


@pytest.mark.parametrize("amount", ["nan", "-1", "much", "inf"])
def test_a_budget_that_is_no_sum_is_wrong_usage(recommend, amount):
    with pytest.raises(CommandError, match="A budget is a number") as refused:
        recommend("budget", f" {amount}")
    assert refused.value.returncode == 2


def test_a_budget_of_nothing_leaves_the_free_models(recommend, organization):
    priced(organization, "free", "0", "0")
    priced(organization, "dear", "2", "10")
    ranked = json.loads(recommend("budget", "0", "--json"))["ranked"]
    assert [one["model"] for one in ranked] == ["openai/free"]


@pytest.mark.parametrize(
    "asked",
    [
        ("features", "nobody"),
        ("use-case", "chat", "--cache-share", "2"),
        ("use-case", "chat", "--requests", "-1"),
        ("use-case", "chat", "--least-quality", "nan"),
        ("use-case", "chat", "--limit", "0"),
        ("use-case", "nonsense"),
    ],
)
def test_what_makes_no_sense_is_said_in_words(recommend, asked):
    with pytest.raises(CommandError) as refused:
        recommend(*asked)
    assert len(str(refused.value)) > 10


def test_no_data_at_all_is_said_in_words(recommend):
    assert "No features yet." in recommend("features")
    assert "There are no models yet." in recommend("use-case", "chat")
    assert "Nothing here." in recommend("list")
    assert "Nothing to mix yet" in recommend("mix")


def test_one_model_only_has_nothing_to_change(recommend, organization):
    at_work(organization, priced(organization, "only", "1", "2"))
    assert "No model saves at least $1.00 a month" in recommend("features")


def test_all_excluded_says_why(recommend, support):
    ProviderFactory(slug="elsewhere")
    said = recommend("use-case", "vision", "--provider", "elsewhere")
    assert "None of the 2 enabled models fits" in said
    assert "is of a provider that was not asked for" in said


def test_the_mix_is_a_table_and_becomes_a_pack_only_on_demand(
    recommend, support, as_good
):
    said = recommend("mix")
    assert "openai/cheap" in said
    assert "1 of 1 features changed; proven optimal." in said
    assert "Dry run" in recommend("mix", "--save", "Lean", "--dry-run")
    assert not Pack.objects.filter(slug="lean").exists()
    told = json.loads(recommend("mix", "--save", "Lean", "--json"))
    assert told["pack"] == "lean"
    assert Pack.objects.filter(slug="lean").exists()


def test_a_mix_that_cannot_be_names_what_clashes(recommend, support):
    with pytest.raises(CommandError, match="No mix fits all of it") as refused:
        recommend("mix", "--budget", "0")
    assert refused.value.returncode == 1


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--budget", "much"), "--budget: "),
        (("--budget", "NaN"), "--budget: "),
        (("--providers", "0"), "--providers: "),
        (("--provider-limit", "openai"), "Write “provider=dollars”"),
    ],
)
def test_limits_of_the_mix_that_make_no_sense_are_wrong_usage(recommend, asked, says):
    with pytest.raises(CommandError, match=says) as refused:
        recommend("mix", *asked)
    assert refused.value.returncode == 2
