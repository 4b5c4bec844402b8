"""A worker asks real questions over HTTP and keeps what it found."""

import datetime

from django.utils import timezone

from analytics.models import CapabilityProbe
from analytics.probes import vision
from analytics.probes.kinds import KINDS
from analytics.services import capability_probes as service
from modelhub.gateway.probing.tasks import run_probes
from registry.models import VerifiedCapability
from tests.gateway.stage import know
from tests.upstream import openai_wire
from tests.upstream.capable import CapableModel
from tests.upstream.replies import RESET

BLIND = [one for one in KINDS if one != "image_analysis"]


def found_at(place):
    """The latest probes of a model, by capability."""
    rows = CapabilityProbe.objects.filter(ai_model=place.ai_model)
    return {one.capability: one for one in rows.order_by("id")}


def verdicts(place):
    return {key: one.verdict for key, one in found_at(place).items()}


def test_what_each_model_can_and_cannot_is_found_out(staged, wish, monkeypatch):
    monkeypatch.setattr(vision, "WORDS", ("RIVER",))
    monkeypatch.setattr(vision, "DIGITS", "7")
    short = [one for one in BLIND if one != "long_context"]
    stage = staged(CapableModel(), context_window=8_000)
    able = stage.places[0]
    unable = stage.add(CapableModel(cannot=set(short)))
    seer = stage.add(CapableModel(reads=["River 77777", "RIVER, 77777."]))
    blind = stage.add(CapableModel())
    forgetful = stage.add(CapableModel(window_tokens=5_000), context_window=32_000)
    know()
    wish(stage, able, *BLIND)
    wish(stage, unable, *short)
    wish(stage, seer, "image_analysis")
    wish(stage, blind, "image_analysis")
    wish(stage, forgetful, "long_context")

    run_probes()

    assert verdicts(able) == dict.fromkeys(BLIND, "verified")
    assert verdicts(unable) == dict.fromkeys(short, "failed")
    assert verdicts(seer) == {"image_analysis": "verified"}
    assert verdicts(blind) == {"image_analysis": "failed"}
    assert not VerifiedCapability.objects.get(ai_model=blind.ai_model).is_verified
    lost = found_at(forgetful)["long_context"]
    assert (lost.verdict, len(lost.evidence["exchanges"])) == ("failed", 2)
    assert lost.evidence["facts"]["largest_tokens"] > 0
    rows = stage.rows()
    assert {row.source for row in rows} == {"probe"}
    assert sum(row.cost_usd for row in rows) == sum(
        one.cost_usd for one in CapabilityProbe.objects.all()
    )


def test_errors_lost_workers_and_distrust_do_not_stand_in_the_way(staged, wish):
    replies = [openai_wire.error(429, "rate_limit_exceeded"), RESET]
    stage = staged(lambda received: replies.pop())
    broken = stage.places[0]
    lost = stage.add(CapableModel())
    talker = CapableModel(cannot={"tools"})
    # Nor is it documented.
    contradicted = stage.add(talker, capabilities=["text_generation"])
    stage.organization.capability_trust = "contradicted"
    stage.organization.save()
    know()
    wish(stage, lost, "tools")
    dead = service.claim()
    CapabilityProbe.objects.update(
        seen_at=timezone.now() - datetime.timedelta(minutes=11)
    )
    wish(stage, broken, "tools", "streaming")
    wish(stage, contradicted, "tools")

    run_probes()

    dead.refresh_from_db()
    assert (dead.state, dead.verdict, dead.tries) == ("done", "verified", 2)
    # An error is no verdict.
    assert set(verdicts(broken).values()) == {"inconclusive"}
    assert found_at(broken)["tools"].evidence["exchanges"][0]["error"]
    assert not VerifiedCapability.objects.filter(ai_model=broken.ai_model).exists()
    # What a probe contradicted, requests ask no more, but probes do.
    assert verdicts(contradicted) == {"tools": "failed"}
    talker.cannot.clear()
    know()
    wish(stage, contradicted, "tools")
    run_probes()
    assert verdicts(contradicted) == {"tools": "verified"}
