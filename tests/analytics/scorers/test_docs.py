"""The page about scorers names every kind, and its examples can be used."""

import json
import re
from pathlib import Path

import pytest

from analytics.benchmarking.scorers import SCORER_KINDS, read_scorer

PAGE = Path(__file__).resolve().parents[3] / "docs" / "scorers.md"
ROWS = dict(re.findall(r"^\| `(\w+)` \|.*\| `(\{.*\})` \|$", PAGE.read_text(), re.M))


def test_every_kind_has_a_row_and_no_other():
    assert sorted(ROWS) == sorted(SCORER_KINDS)


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_its_example_can_be_read(kind):
    assert read_scorer(json.loads(ROWS[kind])).kind == kind
