"""Tables of outcomes are read in several shapes, and refused in words."""

import gzip

import numpy as np
import pytest

from recommender.routing.outcome_files import read_outcomes
from recommender.routing.outcome_table import OutcomesRefused, split_by_prompt
from tests.recommender.routing.tables import answers, outcomes, write_csv, write_jsonl


def refusal(path):
    with pytest.raises(OutcomesRefused) as said:
        read_outcomes(path)
    return str(said.value)


def changed(**values):
    rows = list(outcomes(6))
    rows[2] |= values
    return rows


def test_all_shapes_give_the_same_table(tmp_path):
    wide = read_outcomes(write_csv(tmp_path / "wide.csv", outcomes()))
    others = [
        read_outcomes(write_csv(tmp_path / "long.csv", answers(outcomes()))),
        read_outcomes(write_jsonl(tmp_path / "wide.jsonl", outcomes())),
        read_outcomes(write_jsonl(tmp_path / "long.jsonl", answers(outcomes()))),
    ]
    packed = tmp_path / "wide.csv.gz"
    packed.write_bytes(gzip.compress((tmp_path / "wide.csv").read_bytes()))
    assert wide.models == ("cheap", "dear")
    for other in [*others, read_outcomes(packed)]:
        assert other.prompts == wide.prompts
        assert other.models == wide.models
        assert np.array_equal(other.scores, wide.scores)
        assert np.array_equal(other.costs_usd, wide.costs_usd)


def test_columns_of_routerbench_are_understood(tmp_path):
    row = {"prompt": "a", "sample_id": "1", "eval_name": "x"}
    row |= {"m": "1", "m|total_cost": "0.1", "n": "True", "n|total_cost": "0.2"}
    table = read_outcomes(write_csv(tmp_path / "bench.csv", [row]))
    assert table.models == ("m", "n")
    assert table.scores.tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        ([{"text": "a", "m": 1}], "The column `prompt` is missing."),
        ([{"prompt": "a", "m": 1, "n": 0}], "No column holds the cost of a model."),
        ([{"prompt": "a", "m|cost_usd": 1}], "The column `m` is missing beside"),
        ([{"prompt": "a", "model": "m"}], "Missing columns: `correct`, `cost_usd`."),
        ([{"prompt": "a", "m": 1, "m|cost_usd": 1}], "the table has only m"),
        (changed(cheap="nan"), "Prompt 3: the score of cheap is nan"),
        (changed(cheap=2), "Prompt 3: the score of cheap is 2, not a number from 0"),
        (changed(**{"dear|cost_usd": -1}), "Prompt 3: the cost of dear is -1"),
        (changed(cheap="good"), "Line 4: `cheap` “good” is no number"),
        (changed(cheap=""), "Line 4: `cheap` is empty"),
        (changed(prompt=" "), "Line 4 has no prompt"),
        (list(answers(outcomes(2)))[:-1], "dear has no outcome for the prompt"),
    ],
    ids=[
        "no-prompt",
        "no-cost",
        "no-score",
        "long-without-columns",
        "one-model",
        "nan",
        "above-one",
        "negative-cost",
        "word",
        "empty",
        "blank-prompt",
        "hole",
    ],
)
def test_a_table_with_a_fault_is_refused_in_words(tmp_path, rows, part):
    assert part in refusal(write_csv(tmp_path / "table.csv", rows))


def test_a_prompt_that_is_there_twice_is_refused_unless_the_first_is_kept(tmp_path):
    rows = [*outcomes(4), next(iter(outcomes(1)))]
    path = write_csv(tmp_path / "twice.csv", rows)
    assert "Line 6 has the same prompt as line 2." in refusal(path)
    assert len(read_outcomes(path, keeps_first=True).prompts) == 4


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "holds no outcomes"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"[1]\n", "Line 1 is no JSON object."),
        (b'{"prompt": \n', "Line 1 is no JSON."),
    ],
    ids=["empty", "binary", "list", "cut"],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, part):
    path = tmp_path / "table.jsonl"
    path.write_bytes(content)
    assert part in refusal(path)


def test_a_file_that_is_not_there_or_not_packed_is_refused(tmp_path):
    assert "cannot be read" in refusal(tmp_path / "none.csv")
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(b"plain")
    assert "cannot be read" in refusal(broken)


def test_few_prompts_are_too_few(tmp_path):
    table = read_outcomes(write_csv(tmp_path / "few.csv", outcomes(30)))
    with pytest.raises(OutcomesRefused, match="30 prompts are too few"):
        split_by_prompt(table)


def test_a_prompt_stays_on_its_side_whatever_else_is_in_the_table(tmp_path):
    small = read_outcomes(write_csv(tmp_path / "small.csv", outcomes(150)))
    large = read_outcomes(write_csv(tmp_path / "large.csv", outcomes(300)))
    train, test = split_by_prompt(small)
    more_train, more_test = split_by_prompt(large)
    assert not set(train.prompts) & set(test.prompts)
    assert set(train.prompts) <= set(more_train.prompts)
    assert set(test.prompts) <= set(more_test.prompts)


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("prompt,m,m|cost_usd,n,n|cost_usd,m\n", "The column `m` is there twice."),
        (
            "prompt,m,m|cost_usd,n,n|cost_usd\nWell, then,1,0.1,1,0.2\n",
            "Line 2 has more cells than there are columns",
        ),
    ],
    ids=["twice", "comma"],
)
def test_columns_that_cannot_be_told_apart_are_refused(tmp_path, content, part):
    path = tmp_path / "table.csv"
    path.write_text(content)
    assert part in refusal(path)
