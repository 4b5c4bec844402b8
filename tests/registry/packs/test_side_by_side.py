"""Two versions of a pack side by side, setting by setting."""

from registry.packs.document import PackDocument, PackFeature
from registry.packs.side_by_side import side_by_side


def pack(*features):
    return PackDocument("Mine", "mine", features=features)


def lines(pairs):
    return {
        (pair.key, line.label): (line.before, line.after)
        for pair in pairs
        for line in pair.lines
    }


def test_only_what_differs_is_shown():
    before = pack(
        PackFeature("chat", "openai/a"),
        PackFeature("planner", "openai/a", ("openai/b",), {"temperature": 0.25}),
    )
    after = pack(
        PackFeature("chat", "openai/a"),
        PackFeature("planner", "openai/c", (), {"temperature": 0.4}, "PLAN v2"),
    )

    assert lines(side_by_side(before, after)) == {
        ("planner", "Model"): ("openai/a", "openai/c"),
        ("planner", "Fallbacks"): ("openai/b", None),
        ("planner", "Temperature"): ("0.25", "0.4"),
        ("planner", "Prompt"): (None, "PLAN v2"),
    }


def test_a_feature_of_one_side_stands_with_nothing_on_the_other():
    found = side_by_side(pack(), pack(PackFeature("chat", "openai/a")))

    assert lines(found) == {("chat", "Model"): (None, "openai/a")}


def test_equal_packs_have_no_lines():
    same = pack(PackFeature("chat", "openai/a"))

    assert side_by_side(same, same) == ()
