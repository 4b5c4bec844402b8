"""Names of points: on the side where they can be read, or not at all."""

from analytics.chart_labels import Plot, placed_labels

SMALL = Plot(width=240, height=160, reach=8, character_width=6.0)


def test_a_name_at_the_right_edge_stays_within_the_plot():
    (one,) = placed_labels(["claude-opus-5-5"], [1.0], [0.5], SMALL)

    assert one.is_clear
    assert one.side.endswith("left")


def test_a_name_for_which_there_is_no_room_is_said_to_be_unclear():
    names = ["a-model-with-a-name"] * 12
    placed = placed_labels(names, [0.5] * 12, [0.5] * 12, SMALL)

    clear = [one for one in placed if one.is_clear]
    assert 0 < len(clear) < 12


def test_what_cannot_be_read_takes_no_place_from_others():
    wide = "a name that is far wider than the whole of this small plot, so it is cut"
    placed = placed_labels([wide, "short"], [0.5, 0.5], [0.5, 0.45], SMALL)

    assert [one.is_clear for one in placed] == [False, True]
