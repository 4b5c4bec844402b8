"""What people and programs say of answers of the sample product. Pure."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analytics.demo.drafts import Draft
from analytics.usage_row import UsageRow

SCORE: Final = "score"
CONFIDENCE: Final = "confidence"
TELLING_SHARE: Final = 0.25
"""Of the answers of features that say how sure they are."""
BETTER: Final = 0.03
"""What the second version of the prompts added to the share of good answers."""
DELAY: Final = datetime.timedelta(seconds=40)
TURN, VERDICT, SPREAD = 6, 1, 2
"""Which number of a draft's luck decides."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`score` is from −1 to 1."""

    request_id: uuid.UUID
    name: str
    score: float
    at: datetime.datetime


def judgements(
    draft: Draft, rows: Sequence[UsageRow], prompt_changed_at: datetime.datetime
) -> Iterator[Judgement]:
    """Only of what was answered."""
    if not rows[-1].answered:
        return
    feature, luck = draft.feature, draft.luck
    quality = feature.quality + BETTER * (draft.at >= prompt_changed_at)
    at = draft.at + DELAY
    if luck[TURN] < feature.scored:
        verdict = 1.0 if luck[VERDICT] < quality else -1.0
        yield Judgement(draft.request_id, SCORE, verdict, at)
    elif feature.tells_confidence and luck[TURN] > 1 - TELLING_SHARE:
        # Between half the way below and half the way to being certain.
        wide = (1 - quality) * (luck[SPREAD] - 0.5) * 2
        score = round(min(1.0, max(0.0, quality + wide)), 3)
        yield Judgement(draft.request_id, CONFIDENCE, score, at)
