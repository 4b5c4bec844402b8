"""How long an automatic choice takes, from the prompt to the order of the models."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import replace
from typing import Final

from modelhub.bench.resolution import OWNER, large_snapshot
from modelhub.bench.timing import Measurement, Timing, measure
from recommender.routing.asked import Asked
from recommender.routing.classifier import classify
from recommender.routing.selecting import Selector
from recommender.routing.shortlists import Shortlists
from recommender.routing.training import HELD_OUT, read_labelled
from registry.rates import Rates
from registry.resolution.entries import PricePeriod
from registry.resolution.plan import Plan, Selection
from registry.resolution.resolving import resolve

MODELS: Final = (20, 2_000)
EACH: Final = 100
TARGET_MS: Final = 1.0


def measure_routing(runs: int) -> list[Measurement]:
    """The classifier alone, and the whole choice between few and many models."""
    prompts = [one.prompt for one in read_labelled(HELD_OUT)]
    asked = itertools.cycle(prompts)
    alone = measure(lambda: classify(next(asked)), runs=runs, each=EACH)
    choices = [
        Measurement(
            f"An automatic choice of {count:,} models",
            _choosing(count, prompts, runs),
            TARGET_MS,
            note=f"{len(prompts)} prompts",
        )
        for count in MODELS
    ]
    return [Measurement("The task of a prompt", alone, TARGET_MS), *choices]


def _choosing(count: int, prompts: list[str], runs: int) -> Timing:
    """What arranging adds to a plan: a plan without it is measured elsewhere."""
    plan = _plan(count)
    selector = Selector(Shortlists(_price), is_quiet=lambda candidate: True)
    asked = itertools.cycle(
        [
            Asked(request_id="bench", prompt=one, input_tokens=len(one) // 4)
            for one in prompts
        ]
    )
    return measure(lambda: selector.arranged(plan, next(asked)), runs=runs, each=EACH)


def _plan(count: int) -> Plan:
    """An automatic choice of `count` models of rising strength."""
    plan = resolve(large_snapshot(), OWNER, Selection(is_auto=True))
    model = plan.candidates[0]
    strong = [
        replace(
            model,
            model=replace(
                model.model,
                id=number,
                model_name=f"model-{number}",
                strengths={"reasoning": number / count, "coding": number / count},
            ),
        )
        for number in range(1, count + 1)
    ]
    return replace(plan, candidates=tuple(strong))


def _price(
    organization_id: int, model_id: int, at: datetime.datetime
) -> PricePeriod | None:
    usd = str(1 + model_id % 20)
    rates = Rates({"standard": {"input_mtok": usd, "output_mtok": usd}})
    return PricePeriod(model_id, rates, None, None)
