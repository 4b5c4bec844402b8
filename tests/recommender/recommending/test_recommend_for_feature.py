"""Candidates for a feature: ranked, priced on its own calls, excluded with reasons."""

from decimal import Decimal

import pytest

from recommender.models import RecommendationLimits
from recommender.queries.recommending import recommend_for_feature
from recommender.recommending.asked import AskedError
from recommender.recommending.standing import Standing
from tests.analytics.benchmarks.finished import a_run, a_suite, answered
from tests.factories import AIModelFactory, FeatureFactory
from tests.recommender.recommending.working import at_work, priced


@pytest.fixture
def dear(organization):
    return priced(organization, "dear", "2", "10", rating=1400)


@pytest.fixture
def cheap(organization):
    return priced(organization, "cheap", "0.5", "1", rating=1395)


@pytest.fixture
def support(organization, dear, cheap):
    return at_work(organization, dear)


def names(found):
    return [one.model.model_name for one in found.ranked]


def test_a_model_of_which_little_is_known_ties_rather_than_wins(support):
    assert names(recommend_for_feature(support)) == ["dear", "cheap"]


def candidate(feature, name):
    found = recommend_for_feature(feature)
    return next(one for one in found.ranked if one.model.model_name == name)


def benchmarked(organization, scores):
    answered(a_run(a_suite(organization, 60)), scores)


def test_the_cheaper_model_of_equal_rating_comes_first_once_it_is_at_work(
    organization, support, cheap
):
    at_work(organization, cheap, key="titles")
    found = recommend_for_feature(support)
    assert names(found) == ["cheap", "dear"]
    assert found.current.model.model_name == "dear"
    assert not found.is_on_best


def test_cost_is_that_of_the_features_own_calls_scaled_to_a_month(support):
    best = candidate(support, "cheap")
    # 24 calls of 20,000 in and 1,000 out in six days.
    a_call = Decimal("0.011")
    assert best.monthly_usd == 24 * a_call * 30 / 6
    assert best.saving.usd == 24 * (Decimal("0.05") - a_call) * 30 / 6
    assert best.saving.low_usd <= best.saving.usd <= best.saving.high_usd


def test_reasons_and_trade_offs_are_sentences_with_numbers(support):
    best = candidate(support, "cheap")
    assert "Arena rating 1,395; the middle of the catalogue is 1,365." in (
        best.score.reasons
    )
    assert best.trade_offs[0] == "Costs $4.68 (78%) less a month."


def test_a_model_that_lacks_a_capability_is_excluded_with_the_reason(
    organization, dear, cheap
):
    seeing = priced(
        organization,
        "seeing",
        "1",
        "2",
        capabilities=["text_generation", "image_analysis"],
    )
    feature = at_work(
        organization, seeing, required_capabilities=["image_analysis"], key="photos"
    )
    found = recommend_for_feature(feature)
    assert found.use_case == "vision"
    assert names(found) == ["seeing"]
    reasons = {one.reference: one.reasons for one in found.excluded}
    assert reasons["openai/cheap"] == ("is not known to offer image input",)


def test_a_model_that_is_not_enabled_is_excluded_unless_all_are_asked_for(support):
    AIModelFactory(model_name="other")
    found = recommend_for_feature(support)
    assert ("is not enabled", 1) in found.exclusion_counts
    assert "other" in names(recommend_for_feature(support, is_any_model=True))


def test_requests_that_are_too_long_exclude(organization, support):
    priced(organization, "short", "0.1", "0.1", context_window=8_000)
    found = recommend_for_feature(support)
    why = next(one for one in found.excluded if one.reference == "openai/short")
    assert why.reasons[0].startswith("cannot take 100.0% of the requests")


def test_paired_benchmarks_show_that_a_candidate_is_not_worse(
    organization, support, dear, cheap
):
    same = [1.0, 0.0, 1.0, 1.0] * 15
    benchmarked(organization, {dear: same, cheap: same})
    RecommendationLimits.objects.create(organization=organization, margin_points=10)
    best = candidate(support, "cheap")
    assert best.judgement.standing is Standing.NOT_WORSE
    assert "over 60 cases" in best.judgement.text


def test_paired_benchmarks_show_that_a_candidate_is_worse(
    organization, support, dear, cheap
):
    benchmarked(organization, {dear: [1.0] * 60, cheap: [0.0, 1.0] * 30})
    at_work(organization, cheap, key="titles")
    ranked = recommend_for_feature(support).ranked
    assert ranked[-1].reference == "openai/cheap"
    assert ranked[-1].judgement.standing is Standing.WORSE


def test_without_paired_cases_a_benchmark_is_needed(support):
    best = candidate(support, "cheap")
    assert best.judgement.standing.needs_benchmark


def test_no_models_at_all_is_said(organization):
    feature = FeatureFactory(organization=organization)
    found = recommend_for_feature(feature)
    assert found.ranked == ()
    assert found.problem.startswith("There are no models yet.")


def test_one_model_only_ranks_itself(organization):
    only = priced(organization, "only", "1", "2")
    found = recommend_for_feature(at_work(organization, only))
    assert names(found) == ["only"]
    assert found.is_on_best
    assert found.best.saving is None


def test_a_feature_whose_every_candidate_is_excluded_says_so(organization, dear):
    feature = FeatureFactory(organization=organization, min_context_tokens=900_000)
    found = recommend_for_feature(feature)
    assert found.best is None
    assert found.problem.startswith("The only enabled model does not fit")
    assert found.current is None


def test_without_traffic_no_cost_and_no_saving_are_made_up(organization, dear, cheap):
    feature = FeatureFactory(organization=organization)
    found = recommend_for_feature(feature)
    assert {one.monthly_usd for one in found.ranked} == {None}
    assert {one.saving for one in found.ranked} == {None}


def test_a_new_price_is_seen_at_once(organization, support, cheap):
    recommend_for_feature(support)
    priced(organization, "newest", "0.1", "0.1", rating=1450)
    assert recommend_for_feature(support).best.model.model_name == "newest"


def test_a_use_case_that_nobody_knows_is_refused(support):
    with pytest.raises(AskedError, match="There is no use case “nonsense”"):
        recommend_for_feature(support, use_case="nonsense")


def test_queries_do_not_grow_with_models(
    organization, support, django_assert_max_num_queries
):
    for number in range(12):
        priced(organization, f"more-{number}", "1", "2")
    recommend_for_feature(support)
    with django_assert_max_num_queries(26):
        recommend_for_feature(support)


def test_a_feature_on_a_free_model_has_the_month_of_its_calls(organization, dear):
    free = priced(organization, "free", "0", "0", rating=1300)
    feature = at_work(organization, free, key="letters")
    # 24 calls of 20,000 in and 1,000 out in six days, five times in a month.
    assert candidate(feature, "dear").monthly_usd == Decimal("6.000000")
