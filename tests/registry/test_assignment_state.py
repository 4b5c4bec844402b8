from registry.assignment_state import NOTHING, AssignmentState, changes, three_way

OLD = AssignmentState("openai/gpt-5", ("openai/gpt-5-mini",), {"temperature": 0.2})


def test_a_difference_names_only_the_lines_that_differ():
    new = AssignmentState(
        "openai/gpt-5", (), {"temperature": 0.2, "max_tokens": 4096, "stop": ["\n"]}
    )

    assert [(line.label, line.before, line.after) for line in changes(OLD, new)] == [
        ("Fallbacks", "openai/gpt-5-mini", None),
        ("Max output tokens", None, "4,096"),
        ("Stop sequences", None, "'\\n'"),
    ]


def test_the_order_of_fallbacks_counts():
    one = AssignmentState("m", ("a", "b"))
    other = AssignmentState("m", ("b", "a"))

    assert [line.label for line in changes(one, other)] == ["Fallbacks"]


def test_a_zero_is_a_value_and_not_nothing():
    new = AssignmentState("openai/gpt-5", OLD.fallbacks, {"temperature": 0.0})

    assert [(line.before, line.after) for line in changes(OLD, new)] == [("0.2", "0")]


def test_a_conflict_says_who_changed_what():
    theirs = AssignmentState("openai/o3", OLD.fallbacks, {"temperature": 0.2})
    mine = AssignmentState("openai/gpt-5", OLD.fallbacks, {"temperature": 1.0})

    lines = {line.label: line for line in three_way(OLD, theirs, mine)}

    assert list(lines) == ["Model", "Fallbacks", "Temperature"]
    assert (lines["Model"].they_changed, lines["Model"].i_changed) == (True, False)
    assert not lines["Fallbacks"].clashes
    assert lines["Temperature"].i_changed
    assert not lines["Temperature"].they_changed


def test_nothing_has_no_lines():
    assert three_way(NOTHING, NOTHING, NOTHING) == []
