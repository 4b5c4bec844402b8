"""Models that a probe contradicts, where the organisation goes by probes."""

import datetime

import pytest

from registry.resolution.entries import Probed
from registry.resolution.plan import Selection
from registry.resolution.resolving import resolve
from tests.registry.resolution.entries import (
    ACME,
    connection,
    feature,
    model,
    snapshot,
)

DAY = datetime.date(2026, 11, 21)
CAN = ("tools", "text_generation")
FIRST = model(1, "openai/first", capabilities=CAN)
SECOND = model(2, "acme/second", capabilities=CAN)
TOOLS = frozenset({"tools"})
JOB = feature("job", 1, 2)
STRICT = feature("strict", 1, 2, required_capabilities=TOOLS)


def plan_of(trust, found, word="feature:job", needed=TOOLS, **more):
    """`found` is what probes said of tools, by model id."""
    places = [
        connection(one, where, probed={one: {"tools": Probed(found[one], DAY)}})
        if one in found
        else connection(one, where)
        for one, where in ((1, "openai"), (2, "acme"))
    ]
    shot = snapshot([FIRST, SECOND], places, [JOB, STRICT], capability_trust=trust)
    selection = Selection.parse(word)
    return resolve(shot, ACME, selection, needed_capabilities=needed, **more)


def asked(plan):
    return [one.model.reference for one in plan.candidates]


def test_documentation_alone_counts_unless_the_organisation_says_otherwise():
    assert asked(plan_of("documented", {1: False})) == ["openai/first", "acme/second"]


def test_a_contradicted_model_is_skipped_and_the_trace_says_why():
    plan = plan_of("contradicted", {1: False})

    assert asked(plan) == ["acme/second"]
    assert [one.code for one in plan.skipped] == ["contradicted"]
    assert plan.trace[-1] == (
        "openai/first fails at the connection “main”: tool calling was contradicted "
        "by a probe on 21 Nov 2026."
    )


def test_what_nobody_probed_counts_as_documented():
    plan = plan_of("contradicted", {2: True})

    assert asked(plan) == ["openai/first", "acme/second"]


def test_where_verification_is_required_the_others_are_skipped():
    plan = plan_of("verified", {2: True})

    assert asked(plan) == ["acme/second"]
    assert plan.skipped[0].code == "unverified"
    assert "no tool calling at the connection “main” that a probe" in plan.trace[-1]


@pytest.mark.parametrize("trust", ["contradicted", "verified"])
def test_a_request_that_needs_nothing_of_it_is_not_concerned(trust):
    plan = plan_of(trust, {1: False}, needed=frozenset({"text_generation"}))

    assert asked(plan) == ["openai/first", "acme/second"]


def test_what_a_feature_requires_counts_for_each_of_its_requests():
    plan = plan_of("contradicted", {1: False}, "feature:strict", frozenset())

    assert asked(plan) == ["acme/second"]


def test_another_connection_of_the_model_may_still_be_asked():
    failing = connection(1, "openai", probed={1: {"tools": Probed(False, DAY)}})
    fine = connection(2, "openai", label="spare", position=2)
    shot = snapshot([FIRST], [failing, fine], capability_trust="contradicted")

    plan = resolve(
        shot, ACME, Selection(model="openai/first"), needed_capabilities=TOOLS
    )

    assert [one.connection.label for one in plan.candidates] == ["spare"]


def test_a_selection_may_keep_to_one_connection():
    places = [connection(1, "openai"), connection(2, "openai", label="spare")]
    shot = snapshot([FIRST], places)

    plan = resolve(shot, ACME, Selection(model="openai/first", connection_id=2))

    assert [one.connection.id for one in plan.candidates] == [2]


def test_a_connection_of_somebody_else_is_nobody_to_ask():
    shot = snapshot([FIRST], [connection(1, "openai")])

    plan = resolve(shot, ACME, Selection(model="openai/first", connection_id=9))

    assert not plan.candidates
    assert plan.skipped[0].code == "no_connection"


def test_a_probe_asks_whatever_is_documented_or_was_found():
    silent = model(1, "openai/first", capabilities=("text_generation",))
    failing = connection(1, "openai", probed={1: {"tools": Probed(False, DAY)}})
    shot = snapshot([silent], [failing], capability_trust="verified")
    selection = Selection(model="openai/first", asks_anyway=True)

    plan = resolve(shot, ACME, selection, needed_capabilities=TOOLS)

    assert asked(plan) == ["openai/first"]
