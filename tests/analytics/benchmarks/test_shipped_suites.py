"""The suites that come with ModelHub can be scored, and their right answers pass."""

import json

import pytest
from PIL import Image

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.benchmarking.drawings import DRAWINGS, drawn
from analytics.benchmarking.scorers import can_score, lacking, read_scorers
from analytics.benchmarking.scoring import Answered, CaseFacts
from analytics.benchmarking.shipped import FOLDER, KEYS, shipped_suite
from analytics.models import BenchmarkSuite
from analytics.services.benchmark_cases import living_cases, remove_case
from analytics.services.shipped_suites import install_shipped, missing_shipped
from tests.analytics.benchmarks.suites import make_suite

ANSWERED = ("accuracy", "cost", "vision")


def scored_cases(key):
    read = shipped_suite(key)
    for case in read.cases:
        content = case.content
        facts = CaseFacts(
            key=case.key,
            messages=content.messages,
            expected=content.expected,
            has_images=bool(content.images),
        )
        yield facts, read_scorers(content.scorers or read.head["scorers"])


@pytest.mark.parametrize("key", KEYS)
def test_every_case_is_whole(key):
    read = shipped_suite(key)

    assert read.faults == []
    assert 10 <= len(read.cases) <= 25
    for facts, scorers in scored_cases(key):
        assert can_score(facts, scorers) == ""
        assert lacking(facts, scorers) == []


@pytest.mark.parametrize("key", ANSWERED)
def test_the_expected_answer_is_right_and_another_is_wrong(key):
    for facts, scorers in scored_cases(key):
        right = facts.expected
        if isinstance(right, list) and scorers[0].kind == "exact":
            right = right[0]
        text = right if isinstance(right, str) else json.dumps(right)
        for answer, value in [(text, 1.0), ("I would rather not say", 0.0)]:
            score = scorers[0].score(facts, Answered(text=answer), ())
            assert (facts.key, score.value) == (facts.key, value)


@pytest.mark.parametrize("what", DRAWINGS, ids=lambda one: one.__name__)
def test_the_images_are_those_that_are_drawn(what):
    path = FOLDER / "images" / f"{what.__name__}.png"

    with Image.open(path) as kept:
        assert kept.size == drawn(what).size
        assert kept.convert("RGB").tobytes() == drawn(what).convert("RGB").tobytes()
    assert path.stat().st_size < 4096


def test_one_is_installed_with_its_images_and_brought_up_to_date(organization):
    suite = install_shipped(organization=organization, key="vision", actor=None).suite
    assert missing_shipped(organization) == ["accuracy", "speed", "cost"]
    assert all(one.image_digests for one in living_cases(suite))

    remove_case(case=living_cases(suite).first(), actor=None)
    assert not install_shipped(
        organization=organization, key="vision", actor=None
    ).added
    BenchmarkSuite.objects.update(shipped_version=0)
    assert (
        install_shipped(organization=organization, key="vision", actor=None).added == 1
    )
    assert BenchmarkSuite.objects.get().shipped_version == 1


def test_a_suite_of_ones_own_is_never_overwritten(organization):
    make_suite(organization, "Speed")

    with pytest.raises(BenchmarkRefused, match="of your own already"):
        install_shipped(organization=organization, key="speed", actor=None)
