"""What kind of work a request is, and why, in sentences."""

import pytest

from recommender.routing.analysis import Accuracy, Complexity, Urgency, Volume, analyse
from recommender.routing.request import FeatureDemand, RoutedRequest, schema_size

FUNCTION = """def total(items):
    result = 0
    for item in items:
        result += item.price * item.count
    if result > 100:
        result = result * 0.9
    return result
"""


def complexity(prompt="", **more):
    return analyse(RoutedRequest(prompt=prompt, **more)).complexity


def test_a_short_question_is_of_low_complexity():
    found = complexity("What is the capital of France?")
    assert found.value is Complexity.LOW
    assert found.reasons == ("A short request without conditions.",)


def test_nothing_at_all_is_of_low_complexity():
    assert complexity("").value is Complexity.LOW


def test_code_with_conditions_is_of_medium_complexity():
    found = complexity(
        "Change this. It must keep its name, must not import anything and should "
        f"work without floats.\n```python\n{FUNCTION}```"
    )
    assert found.value is Complexity.MEDIUM
    assert "7 lines of code." in found.reasons


def test_a_design_with_many_conditions_is_of_high_complexity():
    found = complexity(
        "Design the architecture of a distributed queue. Compare two strategies.\n"
        "- at most one second of delay\n- must survive the loss of a node\n"
        "- never deliver twice\n- keep the order of one customer\n"
        "- without a new database\n- exactly one owner\n- up to 40 nodes"
    )
    assert found.value is Complexity.HIGH


def test_length_images_schema_and_tools_count():
    found = complexity(
        "Describe the photos.",
        input_tokens=40_000,
        image_count=5,
        tool_count=2,
        schema={"properties": {f"field_{n}": {"type": "string"} for n in range(9)}},
    )
    assert found.value is Complexity.HIGH
    assert found.reasons == (
        "About 40,000 tokens to read.",
        "5 images to look at.",
        "A schema of 9 fields, 1 deep.",
        "2 tools to choose from.",
    )


def test_another_language_counts():
    found = complexity("Erkläre mir, wie die Bücher und der Index mit der Suche gehen.")
    assert "Written in German." in found.reasons
    script = complexity("このコードは何をしますか")
    assert "Written in another script." in script.reasons


def test_prose_that_begins_like_code_is_no_code():
    text = analyse(RoutedRequest(prompt="Import the list from the other team.")).text
    assert text.code_lines == 0


def test_an_error_trace_is_seen():
    prompt = 'Traceback (most recent call last):\n  File "a.py", line 3\nKeyError: 1'
    assert analyse(RoutedRequest(prompt=prompt)).text.has_traceback


@pytest.mark.parametrize(
    ("per_day", "expected"),
    [
        (None, Volume.LIGHT),
        (float("nan"), Volume.LIGHT),
        (999, Volume.LIGHT),
        (1_000, Volume.MODERATE),
        (50_000, Volume.HEAVY),
    ],
    ids=["unknown", "nan", "few", "some", "many"],
)
def test_volume_follows_the_requests_of_a_day(per_day, expected):
    feature = FeatureDemand(requests_per_day=per_day)
    assert analyse(RoutedRequest(), feature).volume.value is expected


@pytest.mark.parametrize(
    ("request_", "urgency", "expected"),
    [
        (RoutedRequest(), "", Urgency.NEAR_REAL_TIME),
        (RoutedRequest(), "background", Urgency.BATCH),
        (RoutedRequest(is_stream=True), "background", Urgency.NEAR_REAL_TIME),
        (RoutedRequest(), "realtime", Urgency.REAL_TIME),
        (RoutedRequest(timeout_ms=2_000), "background", Urgency.REAL_TIME),
        (RoutedRequest(is_batch=True), "realtime", Urgency.BATCH),
    ],
    ids=["nothing", "background", "read-along", "realtime", "short-wait", "batch"],
)
def test_urgency_follows_the_request_then_the_feature(request_, urgency, expected):
    found = analyse(request_, FeatureDemand(urgency=urgency)).urgency
    assert found.value is expected


def test_accuracy_is_raised_by_grave_words_and_never_lowered():
    asks = RoutedRequest(prompt="Summarise the diagnosis of this patient.")
    assert analyse(asks).accuracy.value is Accuracy.HIGH
    assert analyse(asks).accuracy.reasons == ("It is about “diagnosis”.",)
    critical = FeatureDemand(accuracy="critical")
    assert analyse(asks, critical).accuracy.value is Accuracy.CRITICAL


def test_a_word_that_is_no_accuracy_is_standard():
    found = analyse(RoutedRequest(), FeatureDemand(accuracy="perfect")).accuracy
    assert found.value is Accuracy.STANDARD


def test_a_schema_that_holds_itself_ends():
    schema = {"properties": {"name": {"type": "string"}}}
    schema["properties"]["child"] = schema
    assert schema_size(schema).depth >= 3


def test_a_schema_of_odd_parts_is_counted_as_far_as_it_goes():
    odd = {"properties": ["a"], "items": 3, "anyOf": {"x": 1}, "$defs": None}
    assert schema_size(odd).fields == 0


def test_all_of_it_reads_as_one_sentence():
    assert analyse(RoutedRequest(prompt="Hello")).line == (
        "Work of low complexity, light volume, near-real-time, standard accuracy."
    )


def test_a_very_long_prompt_is_read_in_part_only():
    prompt = "Explain the trade-off. " + "word " * 400_000 + "It must be short."
    found = analyse(RoutedRequest(prompt=prompt))
    assert len(found.text.words) < 2_000
    assert found.text.conditions >= 1
