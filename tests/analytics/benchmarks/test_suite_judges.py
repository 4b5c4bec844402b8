"""A judge that nobody can ask is told on the page of its suite, before a run."""

from registry.services.features import create_feature
from tests.analytics.benchmarks.suites import make_suite
from tests.factories import AIModelFactory


def shown(viewer, organization, *models: str) -> str:
    scorers = [{"kind": "judge", "models": list(models)}, {"kind": "exact"}]
    suite = make_suite(organization, "Judged", scorers=scorers)
    return viewer.get(f"/benchmarks/suites/{suite.key}/").text


def test_models_and_features_that_are_there_are_judges(viewer, organization):
    model = AIModelFactory()
    create_feature(organization=organization, actor=None, name="Judge", key="judge")

    said = shown(
        viewer, organization, model.reference, "feature:judge", "auto", "local"
    )

    assert "No model or feature is called" not in said


def test_names_that_mean_nothing_are_told(viewer, organization):
    said = shown(viewer, organization, "openai/gpt-99", "feature:gone", "<b>")

    assert "No model or feature is called" in said
    for name in ("openai/gpt-99", "feature:gone", "&lt;b&gt;"):
        assert f'<span class="wrap-anywhere">{name}</span>' in said


def test_a_suite_without_judges_says_nothing_of_them(viewer, organization):
    suite = make_suite(organization, "Plain", scorers=[{"kind": "exact"}])

    said = viewer.get(f"/benchmarks/suites/{suite.key}/").text

    assert "No model or feature" not in said
