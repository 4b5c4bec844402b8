"""Whatever happens in the middle of a probe: clear words, no false verdict, and nothing
paid that need not be."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import CapabilityProbe
from analytics.services import capability_probes as service
from analytics.services.budget_definitions import create_budget
from modelhub.gateway.background import close_background
from modelhub.gateway.probing.tasks import run_probes
from registry.models import VerifiedCapability
from tests.gateway.stage import know
from tests.upstream import openai_wire
from tests.upstream.capable import CapableModel
from tests.upstream.replies import HTML, RESET, json_reply

NONSENSE = {
    "a page": HTML,
    "no choice": json_reply({"choices": []}),
    "a list": json_reply([1, 2]),
    "nothing": openai_wire.completion(""),
    "a broken call": openai_wire.tool_completion(
        openai_wire.tool_call("book_table", "{")
    ),
}


def notes():
    """What was found, in the order in which it was asked for."""
    rows = CapabilityProbe.objects.order_by("pk")
    return [(one.state, one.verdict, one.note) for one in rows]


def asked(place):
    return [one for one in place.upstream.requests if "chat" in one.path]


def test_a_server_that_goes_down_in_the_middle_has_failed_at_nothing(staged, wish):
    model = CapableModel()
    stage = staged(model)
    place = stage.places[0]
    place.upstream.script += [model, RESET]
    wish(stage, place, "tools", "streaming")
    place.upstream.handler = lambda received: RESET

    run_probes()

    first, second = notes()
    assert first[:2] == second[:2] == ("done", "inconclusive")
    assert first[2].startswith("It could not be asked: ")
    assert not VerifiedCapability.objects.exists()
    # What the first answer cost is known, and kept.
    assert CapabilityProbe.objects.get(capability="tools").cost_usd > 0


def test_nonsense_ends_each_probe_and_is_never_taken_for_an_ability(staged, wish):
    stage = staged(CapableModel())
    places = {name: stage.add(lambda received: RESET) for name in NONSENSE}
    for name, place in places.items():
        place.upstream.handler = lambda received, reply=NONSENSE[name]: reply
    know()
    for place in places.values():
        wish(stage, place, "tools", "json_mode", "image_analysis")

    run_probes()

    found = notes()
    assert {state for state, _, _ in found} == {"done"}
    assert "verified" not in {verdict for _, verdict, _ in found}
    assert all(note for _, _, note in found)
    assert not VerifiedCapability.objects.filter(is_verified=True).exists()


def test_a_budget_that_is_too_small_is_named_and_nobody_is_asked(staged, wish):
    stage = staged(CapableModel())
    place = stage.places[0]
    create_budget(
        organization=stage.organization,
        actor=None,
        name="Pennies",
        scope_kind="organization",
        amount_usd=Decimal(0),
    )
    close_background()  # The one that starts next has read the budget.
    wish(stage, place, "tools", "long_context")

    run_probes()

    for state, verdict, note in notes():
        assert (state, verdict) == ("done", "inconclusive")
        assert "budget" in note
    assert asked(place) == []
    assert {one.cost_usd for one in CapabilityProbe.objects.all()} == {0}


def test_a_long_text_stays_within_the_tokens_that_were_allowed(staged, wish):
    stage = staged(CapableModel(), context_window=128_000)
    place = stage.places[0]
    wish(stage, place, "long_context", limit_tokens=12_000)

    run_probes()

    said = sum(len(one.body) for one in asked(place))
    assert len(asked(place)) == 2
    assert said / 4 < 12_000
    ((_, verdict, note),) = notes()
    assert verdict == "inconclusive"
    assert "the limit was in the way" in note


@pytest.mark.parametrize("gone", ["paused", "removed"])
def test_a_connection_that_is_gone_meanwhile_is_not_asked(staged, wish, gone):
    stage = staged(CapableModel())
    place = stage.places[0]
    wish(stage, place, "tools")
    if gone == "removed":
        place.connection.delete()
    else:
        place.connection.is_enabled = False
        place.connection.save()
    know()

    run_probes()

    assert asked(place) == []
    assert [verdict for _, verdict, _ in notes()] == (
        ["inconclusive"] if gone == "paused" else []
    )


def test_two_workers_never_ask_the_same(staged, wish):
    stage = staged(CapableModel())
    wish(stage, stage.places[0], "tools", "streaming")

    first, second = service.claim(), service.claim()

    assert {first.capability, second.capability} == {"tools", "streaming"}
    assert service.claim() is None


def test_who_lost_three_workers_is_given_up_in_words(staged, wish):
    stage = staged(CapableModel())
    wish(stage, stage.places[0], "tools")
    for _ in range(service.MOST_TRIES):
        assert service.claim() is not None
        long_ago = timezone.now() - datetime.timedelta(minutes=11)
        CapabilityProbe.objects.update(seen_at=long_ago)
        service.sweep(timezone.now())

    assert notes() == [("done", "inconclusive", "Its worker was lost 3 times.")]
    assert service.claim() is None
