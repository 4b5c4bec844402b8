"""A router learns from outcomes which model is enough, and is measured on prompts that
it has not seen."""

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from recommender.routing.classifier import DATA
from recommender.routing.evaluation import _area, _closed, _least_share, evaluate
from recommender.routing.evaluation_text import lines
from recommender.routing.outcome_files import read_outcomes
from recommender.routing.outcome_table import OutcomesRefused, checked
from tests.recommender.routing.tables import outcomes, prompts, write_csv

SHIPPED = DATA / "outcomes.csv.gz"
PAGE = Path(__file__).parents[3] / "docs" / "routing.md"


@pytest.fixture(scope="module")
def shipped():
    return evaluate(read_outcomes(SHIPPED))


def table(scores, costs=((0.001, 0.01),)):
    names = prompts(len(scores))
    return checked(names, ("a", "b"), scores, list(costs) * len(scores))


def test_on_the_shipped_table_it_beats_always_strong_at_equal_quality(shipped):
    strong, tuned = shipped.always_strong, shipped.tuned
    assert shipped.cost_at(strong.quality) < 0.7 * strong.cost_usd
    # Tuned on the training prompts alone, without a look at these.
    assert tuned.quality >= strong.quality
    assert tuned.cost_usd < 0.9 * strong.cost_usd


def test_on_the_shipped_table_it_beats_random_at_equal_quality(shipped):
    assert shipped.cost_at(shipped.random.quality) < 0.5 * shipped.random.cost_usd


def test_the_tuned_point_stands_beside_always_strong_with_its_interval(shipped):
    mean, low, high = shipped.tuned_gain

    assert low < mean < high
    assert mean == pytest.approx(shipped.tuned.quality - shipped.always_strong.quality)
    assert "Tuned on the training prompts alone it has a score of" in lines(shipped)[-1]


def test_it_never_beats_the_oracle(shipped):
    assert max(one.quality for one in shipped.curve) <= shipped.oracle.quality


def test_the_page_states_what_the_command_prints(shipped):
    page = PAGE.read_text(encoding="utf-8")
    assert f"{shipped.always_strong.quality:.3f}" in page
    assert f"{shipped.tuned.quality:.3f}" in page
    assert f"{shipped.gap.apgr:.2f}" in page


def test_work_that_is_told_apart_by_words_is_sent_to_the_cheap_one(tmp_path):
    found = evaluate(read_outcomes(write_csv(tmp_path / "t.csv", outcomes(400))))
    assert found.strong == "dear"
    assert found.tuned.quality > 0.97
    assert found.tuned.strong_share == pytest.approx(0.5, abs=0.15)
    assert found.gap.apgr > 0.7
    assert found.gap.cpt_80 < 0.5


def test_the_same_table_gives_the_same_figures(tmp_path):
    same = read_outcomes(write_csv(tmp_path / "t.csv", outcomes(200)))
    assert evaluate(same) == evaluate(same)


def test_models_that_are_alike_have_no_gap_to_close():
    found = evaluate(table([[1, 1]] * 120))
    assert found.gap.apgr is None
    assert found.tuned.cost_usd == pytest.approx(0.001)


def test_a_table_where_nothing_succeeds_is_measured_too():
    assert evaluate(table([[0, 0]] * 120)).tuned.quality == 0


def test_free_models_are_measured_too():
    found = evaluate(table([[0, 1], [1, 1]] * 60, costs=((0.0, 0.0),)))
    assert found.oracle.cost_usd == 0


@pytest.mark.parametrize(
    ("strong", "weak", "part"),
    [("c", "", "c is not in the table"), ("a", "a", "cannot be strong and weak")],
    ids=["unknown", "same"],
)
def test_models_that_make_no_pair_are_refused(strong, weak, part):
    with pytest.raises(OutcomesRefused, match=part):
        evaluate(table([[0, 1]] * 120), strong, weak)


def test_a_router_that_knows_everything_closes_the_gap_at_once():
    gains = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    curve = _closed(gains, gains)
    assert _least_share(curve, 0.5) == 1 / 8
    assert _least_share(curve, 0.8) == 2 / 8
    assert _area(curve) == pytest.approx(0.875)


def test_a_router_that_knows_nothing_is_a_coin():
    gains = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    curve = _closed(np.zeros(6), gains)
    assert _area(curve) == pytest.approx(0.5)
    assert _least_share(curve, 0.5) == 0.5


def test_the_command_prints_the_curve_and_one_json_document(tmp_path, capsys):
    path = write_csv(tmp_path / "t.csv", outcomes(200))
    call_command("recommend", "evaluate", str(path))
    said = capsys.readouterr().out
    assert "Strong: dear. Weak: cheap." in said
    for word in ("APGR", "CPT 50%", "always dear", "random", "oracle", "router"):
        assert word in said
    call_command("recommend", "evaluate", str(path), "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["strong"] == "dear"
    assert found["curve"]


def test_the_command_refuses_a_bad_table_in_one_line(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("question\nwhy\n")
    with pytest.raises(CommandError, match="The column `prompt` is missing"):
        call_command("recommend", "evaluate", str(path))
