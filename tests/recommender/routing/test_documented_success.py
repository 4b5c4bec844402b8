"""What is believed of a model before anything was measured."""

import pytest

from recommender.routing.analysis import Complexity
from recommender.routing.classifier import TASKS
from recommender.routing.documented import (
    STRENGTH_OF,
    documented_success,
    strength_for,
)
from registry.profiles.strengths import SCALES


def test_every_task_asks_for_a_strength_that_is_rated():
    assert set(STRENGTH_OF) == set(TASKS)
    assert set(STRENGTH_OF.values()) < set(SCALES)
    assert strength_for("testing", has_images=True) == "vision"
    assert strength_for("other") == "reasoning"


def test_harder_work_succeeds_less_and_a_stronger_model_more():
    chances = [
        documented_success({"coding": strength}, "coding", complexity)
        for strength in (0.3, 0.9)
        for complexity in Complexity
    ]
    assert chances[0] > chances[1] > chances[2]
    assert all(
        weak < strong for weak, strong in zip(chances, chances[3:], strict=False)
    )


def test_reasoning_stands_in_for_a_strength_that_is_not_rated():
    only = {"reasoning": 0.6}
    assert documented_success(only, "coding", Complexity.LOW) == pytest.approx(
        documented_success(only, "reasoning", Complexity.LOW)
    )


def test_without_a_rating_nothing_is_believed():
    assert documented_success({"math": 0.9}, "coding", Complexity.LOW) is None
