"""The task and the complexity of a prompt, offline, from weights in the repository."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from recommender.routing.classifier import (
    OTHER,
    TASKS,
    WEIGHTS,
    LinearModel,
    classify,
    shipped_classifier,
)
from recommender.routing.training import (
    HELD_OUT,
    PROMPTS,
    classifier_of,
    read_labelled,
    report_on,
    train,
)

PAGE = Path(__file__).parents[3] / "docs" / "routing.md"


@pytest.mark.parametrize(
    ("prompt", "task"),
    [
        ("Write a Python function that merges two sorted lists.", "code_generation"),
        ("Explain what this decorator does, line by line.", "code_explanation"),
        ("Please review my pull request for security bugs.", "code_review"),
        ("Plan the migration to PostgreSQL: phases and risks.", "planning"),
        ("Refactor this class, keep its behaviour.", "refactoring"),
        ("Write unit tests for the parser with pytest.", "testing"),
        ("Write a README with an installation guide.", "documentation"),
        ("What is the capital of Portugal?", OTHER),
    ],
    ids=[*TASKS, OTHER],
)
def test_a_plain_prompt_of_each_task_is_recognised(prompt, task):
    assert classify(prompt).task == task


@pytest.mark.parametrize(
    "prompt",
    ["", " \n", "???", "🙂" * 50, "x" * 100_000, "\x00\ud800"],
    ids=["empty", "blank", "marks", "emoji", "one-word", "broken"],
)
def test_any_text_has_an_answer(prompt):
    found = classify(prompt)
    assert found.task in {*TASKS, OTHER}
    assert 0 < found.task_chance <= 1


def test_the_chances_of_all_classes_add_up_to_one():
    model = LinearModel(("a", "b"), (0.0, 1.0), {"x": (900.0, -900.0)})
    assert sum(model.chances(["x", "unknown"]).values()) == pytest.approx(1)
    assert model.chances(["x"])["a"] == pytest.approx(1)


def test_it_reads_as_one_sentence():
    assert classify("Write unit tests for the parser.").line.startswith("Task: testing")


def test_held_out_prompts_are_not_among_those_trained_on():
    trained = {one.prompt.strip().lower() for one in read_labelled(PROMPTS)}
    held_out = {one.prompt.strip().lower() for one in read_labelled(HELD_OUT)}
    assert not trained & held_out


def test_every_task_has_prompts_of_both_kinds_and_hard_ones():
    for path, fewest in ((PROMPTS, 60), (HELD_OUT, 12)):
        prompts = read_labelled(path)
        for task in (*TASKS, OTHER):
            own = [one for one in prompts if one.task == task]
            assert len(own) >= fewest
            assert any(one.is_hard for one in own)


def test_training_again_gives_the_weights_that_come_along():
    again = classifier_of(train(read_labelled(PROMPTS)))
    shipped = shipped_classifier()
    assert set(again.task.weights) == set(shipped.task.weights)
    for term, weights in shipped.task.weights.items():
        assert again.task.weights[term] == pytest.approx(weights, abs=0.021)


def test_the_accuracy_is_the_one_that_the_page_states():
    report = report_on(shipped_classifier(), read_labelled(HELD_OUT))
    said = f"{report.right} of {report.count} held-out prompts ({report.accuracy:.0%})"
    assert said in PAGE.read_text(encoding="utf-8")
    assert report.ordinary_accuracy > 0.8


def test_the_command_trains_and_tells_the_confusion(capsys):
    before = WEIGHTS.read_bytes()
    call_command("recommend", "train", "--dry-run", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["prompts"] == 104
    assert set(said["confusion"]) == {*TASKS, OTHER}
    assert WEIGHTS.read_bytes() == before


def test_a_request_imports_no_trainer():
    script = (
        "import sys; from recommender.routing.classifier import classify; "
        "classify('Write a test.'); sys.exit('sklearn' in sys.modules)"
    )
    root = PAGE.parents[1]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, check=False)
    assert done.returncode == 0
