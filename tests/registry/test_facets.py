import random
from collections import Counter

import pytest

from registry.facets import (
    SINGLE_FACETS,
    Row,
    Selection,
    context_band,
    facet,
    sorted_rows,
)

OPTIONS = dict.fromkeys(SINGLE_FACETS, ("a", "b", "c"))
WORDS = ("tools", "audio", "code")


def row(pk, **values):
    known = {
        **dict.fromkeys(SINGLE_FACETS, "a"),
        "capability": (),
        "by_name": (f"{pk:03}",),
        "by_input": None,
        "by_output": None,
        "by_context": None,
        "by_release": None,
    }
    return Row(pk=pk, **known | values)


def random_rows(seed, number=200):
    dice = random.Random(seed)
    return [
        row(
            pk,
            **{name: dice.choice(options) for name, options in OPTIONS.items()},
            capability=tuple(word for word in WORDS if dice.random() < 0.5),
        )
        for pk in range(number)
    ]


def matches(one, ticked, but=""):
    return all(
        wanted.issubset(one.capability)
        if name == "capability"
        else getattr(one, name) in wanted
        for name, wanted in ticked.items()
        if name != but
    )


@pytest.mark.parametrize("seed", range(8))
def test_counts_agree_with_counting_each_facet_by_itself(seed):
    dice = random.Random(seed)
    rows = random_rows(seed)
    ticked = {
        name: frozenset(dice.sample(OPTIONS[name], 2))
        for name in dice.sample(SINGLE_FACETS, 3)
    } | {"capability": frozenset(["tools"])}

    found = facet(rows, Selection(ticked))

    assert found.rows == [one for one in rows if matches(one, ticked)]
    for name in SINGLE_FACETS:
        assert found.counts[name] == Counter(
            getattr(one, name) for one in rows if matches(one, ticked, but=name)
        )
    assert found.counts["capability"] == Counter(
        word for one in rows if matches(one, ticked) for word in one.capability
    )


def test_a_model_must_have_all_ticked_capabilities():
    rows = [row(1, capability=("tools",)), row(2, capability=("tools", "code"))]

    found = facet(rows, Selection({"capability": frozenset(["tools", "code"])}))

    assert [one.pk for one in found.rows] == [2]


@pytest.mark.parametrize("descending", [False, True])
def test_unknown_values_sort_last_either_way(descending):
    rows = [row(1), row(2, by_context=5), row(3, by_context=9)]

    ordered = sorted_rows(rows, "context", descending)

    assert ordered[-1].pk == 1
    assert [one.pk for one in ordered[:2]] == ([3, 2] if descending else [2, 3])


@pytest.mark.parametrize(
    ("window", "band"),
    [
        (None, "unknown"),
        (1, "tiny"),
        (31_999, "tiny"),
        (32_000, "small"),
        (128_000, "medium"),
        (200_000, "large"),
        (1_048_576, "huge"),
    ],
)
def test_a_context_window_falls_into_its_band(window, band):
    assert context_band(window) == band
