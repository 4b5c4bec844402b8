"""Runs of the playground for tests, asked or not."""

import datetime
import struct
import zlib

from django.utils import timezone

from recommender.models import AnswerState, PlaygroundAnswer, PlaygroundRun
from recommender.playground_request import Inputs
from recommender.services.playground_runs import start_run
from tests.factories import AIModelFactory, ProviderFactory

MODELS = ("openai/gpt-a", "anthropic/claude-b", "google/gemini-c")
HELLO = ({"role": "user", "content": "Say hello."},)


def models(*references: str):
    return [
        AIModelFactory(
            provider=ProviderFactory(slug=one.partition("/")[0]),
            model_name=one.partition("/")[2],
        )
        for one in references
    ]


def run_of(membership, *references: str, asked=None, **facts) -> PlaygroundRun:
    """A run of `membership`'s person on models of these names (three without)."""
    asked = asked or models(*(references or MODELS))
    inputs = facts.pop("inputs", None) or Inputs(messages=HELLO)
    return start_run(
        organization=membership.organization,
        actor=membership.user,
        inputs=inputs,
        ai_models=asked,
        **facts,
    )


def answer_all(run: PlaygroundRun, *texts: str) -> list[PlaygroundAnswer]:
    """Every answer of `run` done, with `texts` in their order or its own name."""
    answers = list(run.answers.order_by("position"))
    for place, one in enumerate(answers):
        one.state = AnswerState.DONE
        one.text = texts[place] if place < len(texts) else f"Hello number {place}."
        one.latency_ms = 100.0 * (place + 1)
        one.finished_at = timezone.now() - datetime.timedelta(seconds=1)
        one.save()
    return answers


def png(width: int = 2, height: int = 3) -> bytes:
    """A whole grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        packed = kind + data
        return (
            struct.pack(">I", len(data))
            + packed
            + struct.pack(">I", zlib.crc32(packed))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
