import datetime

from registry.catalog.arena import RatingCatalog
from registry.catalog.ratings import RatingFinder
from tests.catalog_data import full_document

RATING = {"score": 1400, "low": 1390, "high": 1410, "votes": 5}
DAY = datetime.date(2026, 10, 20)


def rated(provider, *versions):
    catalog = RatingCatalog(DAY, {"anthropic / claude-opus-4.5": {"coding": RATING}})
    return RatingFinder(catalog).by_version(provider, versions)


def test_a_model_gets_the_rating_of_its_maker_with_source_and_day():
    found = rated("anthropic", "claude-opus-4-5")["claude-opus-4-5"]

    assert found.value == {
        "coding": {**RATING, "source": "Arena", "read_on": "2026-10-20"}
    }


def test_the_same_model_at_openrouter_gets_it_too():
    assert rated("openrouter", "anthropic/claude-opus-4.5")


def test_another_model_does_not():
    assert not rated("anthropic", "claude-opus-4-5-mini", "claude-opus-4")
    assert not rated("openai", "claude-opus-4-5")


def test_an_only_dated_version_gets_the_rating_of_its_stem():
    assert rated("anthropic", "claude-opus-4-5-20251101")
    assert not rated(
        "anthropic", "claude-opus-4-5-20251101", "claude-opus-4-5-20260101"
    )


def test_the_shipped_ratings_reach_models_of_several_makers():
    makers = {one.provider for one in full_document().models if "ratings" in one.facts}

    assert {"openai", "anthropic", "google", "openrouter"} <= makers
