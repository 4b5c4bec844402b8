"""Makes a benchmark case of a question that was asked in the playground."""

from __future__ import annotations

from django.db import transaction

from analytics.models import BenchmarkCase, BenchmarkSuite
from analytics.services.benchmark_cases import add_case_from
from analytics.services.benchmark_suites import create_suite
from recommender.models import PlaygroundAnswer
from recommender.playground_request import rendered
from recommender.services.playground_answers import attached_images
from recommender.services.playground_runs import inputs_of
from registry.models import User


@transaction.atomic
def save_as_case(
    *,
    answer: PlaygroundAnswer,
    actor: User,
    suite: BenchmarkSuite | None,
    new_suite: str = "",
    is_expected: bool = False,
) -> BenchmarkCase:
    """In `suite`, or in a new one of that name. The variables are filled in; with
    `is_expected` the answer is what others are held to. Raises BenchmarkRefused."""
    run = answer.run
    if suite is None:
        suite = create_suite(organization=run.organization, name=new_suite, actor=actor)
    asked = rendered(inputs_of(run))
    return add_case_from(
        suite=suite,
        messages=asked.messages,
        system=asked.system,
        images=[
            one.data for one in attached_images(run.organization, run.image_digests)
        ],
        expected=answer.text if is_expected else None,
        tags=["playground"],
        origin={"kind": "playground", "run": str(run.pk), "answer": str(answer.pk)},
        actor=actor,
    )
