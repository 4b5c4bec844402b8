"""Cases out of real requests, where prompts and answers are kept."""

from __future__ import annotations

import datetime
import json
import random
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from analytics.benchmarking.case_content import BenchmarkRefused, CaseContent
from analytics.models import BenchmarkSuite, UsagePayload, UsageRecord
from analytics.services.benchmark_cases import add_case, living_cases
from registry.models import Feature, User

MOST_SAMPLED: Final = 500
LOOKED_AT: Final = 20_000
"""Requests at most, the newest, that a sample is drawn from."""


@dataclass(frozen=True)
class Sampled:
    """`unfit` could not be made into cases: cut, no conversation, or images."""

    added: int
    found: int
    unfit: int


@transaction.atomic
def sample_requests(
    *,
    suite: BenchmarkSuite,
    feature: Feature,
    number: int,
    days: int,
    seed: int,
    with_answers: bool,
    actor: User | None,
) -> Sampled:
    """Add a random sample of what a feature was asked in the last days; the same seed
    draws the same of the same requests. `with_answers` keeps the answer given then as
    the expected one. Requests that are cases already are not drawn again. Raises
    BenchmarkRefused."""
    payloads = _payloads(suite, feature, days)
    drawn = list(payloads)
    random.Random(seed).shuffle(drawn)  # noqa: S311  # a sample, no secret
    added = unfit = 0
    for payload in drawn:
        if added == min(number, MOST_SAMPLED):
            break
        content = content_of_payload(payload, with_answer=with_answers)
        try:
            if content is None:
                raise BenchmarkRefused({"": "no conversation"})
            with transaction.atomic():
                add_case(
                    suite=suite,
                    content=content,
                    origin={
                        "kind": "request",
                        "request_id": str(payload.request_id),
                        "feature": feature.key,
                    },
                    actor=actor,
                )
        except BenchmarkRefused:
            unfit += 1
        else:
            added += 1
    return Sampled(added, len(drawn), unfit)


def _payloads(suite: BenchmarkSuite, feature: Feature, days: int) -> list[UsagePayload]:
    """What was kept of answered requests that are no cases of the suite yet."""
    since = timezone.now() - datetime.timedelta(days=days)
    answered = UsageRecord.objects.filter(
        organization_id=suite.organization_id,
        feature_id=feature.pk,
        started_at__gte=since,
        outcome="ok",
    )
    recent = answered.order_by("-started_at").values_list("request_id", flat=True)
    here = living_cases(suite).filter(origin__kind="request")
    known = set(here.values_list("origin__request_id", flat=True))
    wanted = [one for one in recent[:LOOKED_AT] if str(one) not in known]
    kept = UsagePayload.objects.filter(
        organization_id=suite.organization_id,
        request_id__in=wanted,
        is_truncated=False,
    )
    # Of several attempts the last one answered.
    newest = kept.order_by("request_id", "-attempt").distinct("request_id")
    return list(newest)


def content_of_payload(
    payload: UsagePayload, *, with_answer: bool
) -> CaseContent | None:
    """The conversation of a kept request: the body of an OpenAI or Anthropic request,
    or a plain text. None where it holds more than texts."""
    expected = payload.answer_text or None if with_answer else None
    try:
        body = json.loads(payload.request_text)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        if body is not None or not payload.request_text.strip():
            return None
        said: tuple[dict[str, str], ...] = (
            {"role": "user", "content": payload.request_text},
        )
        return CaseContent(messages=said, expected=expected)
    turns = [_turn(one) for one in body["messages"]]
    if body.get("tools") or any(one is None for one in turns):
        return None
    messages = [one for one in turns if one is not None]
    system = "\n".join(
        [_text(body.get("system") or "") or ""]
        + [one["content"] for one in messages if one["role"] == "system"]
    )
    rest = tuple(one for one in messages if one["role"] != "system")
    return CaseContent(messages=rest, system=system.strip(), expected=expected)


def _turn(said: Any) -> dict[str, str] | None:
    if not isinstance(said, dict):
        return None
    role = {"developer": "system"}.get(said.get("role", ""), said.get("role", ""))
    text = _text(said.get("content"))
    if role not in {"user", "assistant", "system"} or text is None:
        return None
    return {"role": role, "content": text}


def _text(content: Any) -> str | None:
    """The text of a content, None where it holds anything else."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = [one if isinstance(one, dict) else {} for one in content]
    if any(one.get("type") != "text" for one in parts):
        return None
    return "\n".join(str(one.get("text", "")) for one in parts)
