"""How well a model fits a use case, and how sure that is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.kinds_of_work import TASK_TYPES, USE_CASES
from recommender.routing.classifier import TASKS
from recommender.use_cases import FitFacts, fit
from registry.capabilities import CAPABILITIES, MODALITIES
from registry.profiles.strengths import SCALES

BY_KEY = {use_case.key: use_case for use_case in USE_CASES}


def test_nothing_is_said_of_a_model_of_which_nothing_is_known():
    for use_case in USE_CASES:
        found = fit(use_case, FitFacts())

        assert found.level is None
        assert found.answered == 0


def test_a_model_that_reads_no_images_does_not_fit_vision():
    facts = FitFacts(
        capabilities=frozenset({"structured_output"}),
        input_modalities=frozenset({"text"}),
        context_window=1_000_000,
        blended_usd_per_million=Decimal("0.1"),
    )

    found = fit(BY_KEY["vision"], facts)

    assert found.level == 0
    assert ("missed", "No image input") in [
        (one.tone, one.text) for one in found.findings
    ]


def test_without_stated_modalities_image_input_stays_open():
    found = fit(BY_KEY["vision"], FitFacts(context_window=200_000))

    assert found.level is None


def test_a_short_window_does_not_fit_long_documents():
    found = fit(BY_KEY["long_documents"], FitFacts(context_window=32_000))

    assert found.level == 0


def test_the_seven_tasks_of_the_classifier_are_kinds_of_work():
    assert tuple(one.key for one in TASK_TYPES) == TASKS


def test_strength_in_coding_speaks_for_writing_code():
    strong, weak, unrated = (
        fit(
            BY_KEY["code_generation"],
            FitFacts(
                capabilities=frozenset({"text_generation"}),
                strengths=strengths,
            ),
        )
        for strengths in ({"coding": 0.9}, {"coding": 0.2}, {})
    )

    assert strong.score > weak.score
    assert unrated.low < strong.low
    assert "Strength in coding 90%, 70% wanted" in [one.text for one in strong.findings]


def test_a_model_that_meets_everything_has_the_highest_level_for_sure():
    facts = FitFacts(
        capabilities=frozenset(CAPABILITIES) - {"reasoning"},
        context_window=1_000_000,
        max_output_tokens=64_000,
        blended_usd_per_million=Decimal("0.2"),
        has_batch_price=True,
    )

    found = fit(BY_KEY["extraction"], facts)

    assert found.level == 5
    assert found.low == found.high == 100


def test_a_dear_model_fits_batch_work_less_than_a_cheap_one():
    cheap = FitFacts(has_batch_price=True, blended_usd_per_million=Decimal("0.3"))
    dear = FitFacts(has_batch_price=True, blended_usd_per_million=Decimal(30))

    cheap_fit, dear_fit = (fit(BY_KEY["batch"], facts) for facts in (cheap, dear))

    assert cheap_fit.score > dear_fit.score
    assert cheap_fit.level == 5


facts = st.builds(
    FitFacts,
    capabilities=st.frozensets(st.sampled_from(sorted(CAPABILITIES))),
    input_modalities=st.frozensets(st.sampled_from(MODALITIES)),
    context_window=st.none() | st.integers(1, 2_000_000),
    max_output_tokens=st.none() | st.integers(1, 200_000),
    blended_usd_per_million=st.none() | st.decimals(0, 100, places=3),
    has_batch_price=st.booleans(),
    strengths=st.dictionaries(st.sampled_from(sorted(SCALES)), st.floats(0, 1)),
)


@pytest.mark.parametrize("use_case", USE_CASES, ids=list(BY_KEY))
@given(facts=facts)
def test_the_score_lies_in_its_interval(use_case, facts):
    found = fit(use_case, facts)

    assert 0 <= found.low <= found.high <= 100
    assert found.score is None or found.low <= found.score <= found.high
    assert found.level is None or 0 <= found.level <= 5


@pytest.mark.parametrize("use_case", USE_CASES, ids=list(BY_KEY))
@given(facts=facts)
def test_every_check_says_its_reason(use_case, facts):
    found = fit(use_case, facts)

    assert len(found.findings) == len(use_case.checks)
    assert all(finding.text for finding in found.findings)
