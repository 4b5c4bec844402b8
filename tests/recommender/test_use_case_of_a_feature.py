"""Which kind of work a feature is taken for."""

import pytest

from recommender.recommending.feature_use_case import use_case_of


@pytest.mark.parametrize(
    ("key", "capabilities", "says"),
    [
        ("codeGenerator", (), "code_generation"),
        ("code-review", (), "code_review"),
        ("refactoring", (), "refactoring"),
        ("unitTests.writer", ("code",), "testing"),
        ("planner", ("structured_output",), "planning"),
        ("search", (), "search"),
        ("codeEditor", (), "code"),
        ("customer-reviews", (), "chat"),
        ("code-screenshots", ("image_analysis",), "vision"),
    ],
)
def test_what_it_requires_and_words_of_its_key_tell(key, capabilities, says):
    assert use_case_of(key, capabilities) == says


@pytest.mark.parametrize(
    ("urgency", "says"), [("background", "batch"), ("realtime", "real_time")]
)
def test_else_its_urgency_tells(urgency, says):
    assert use_case_of("letters", urgency=urgency) == says
