"""How well a model fits a use case: rules over stated facts and price, each with its
reason. Pure.

A use case is a list of checks with weights. A check is met (1), partly met (½) or
missed (0) by a stated fact, and open where no fact is stated. The score is the share of
the weight of the answered checks that is met; open checks make an interval around it
(all missed to all met), and so the fit of a model of which little is known ties rather
than wins. A missed essential check means that the model does not fit at all; an open
one that nobody can tell. Speed enters once it is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from registry.capabilities import CAPABILITIES
from registry.templatetags.display import tokens, usd

HUNDRED: Final = Decimal(100)
MET, PARTLY, MISSED = Decimal(1), Decimal("0.5"), Decimal(0)
STRONG, FAIR = 0.7, 0.5
"""From this strength on a check is met, and partly met; the middle of the rated
catalogue lies at about 0.6."""
MODALITY_OF: Final = {
    "image_analysis": "image",
    "document_analysis": "pdf",
    "video_analysis": "video",
}
"""Capabilities that stated input modalities can deny: no image in, no image read."""


@dataclass(frozen=True)
class FitFacts:
    """What the rules look at. None, and a capability or a strength that is absent, is
    not known. `strengths` are 0 to 1 (`registry.profiles.strengths`)."""

    capabilities: frozenset[str] = frozenset()
    input_modalities: frozenset[str] = frozenset()
    context_window: int | None = None
    max_output_tokens: int | None = None
    blended_usd_per_million: Decimal | None = None
    has_batch_price: bool = False
    strengths: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What one check found; `met` is None where no fact answers it."""

    met: Decimal | None
    text: str

    @property
    def tone(self) -> str:
        if self.met is None:
            return "open"
        return {MET: "met", PARTLY: "partly"}.get(self.met, "missed")


@dataclass(frozen=True)
class Check:
    weight: int
    judge: Callable[[FitFacts], Finding]
    is_essential: bool = False


@dataclass(frozen=True)
class UseCase:
    key: str
    label: str
    meaning: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Fit:
    """`score`, `low` and `high` are 0–100; without a score nobody can tell."""

    score: Decimal | None
    low: Decimal
    high: Decimal
    findings: tuple[Finding, ...]

    @property
    def level(self) -> int | None:
        """0 for no fit, else 1–5."""
        if self.score is None:
            return None
        fifths = -(-self.score // 20)
        return 0 if self.high == 0 else max(1, int(fifths))

    @property
    def answered(self) -> int:
        return sum(finding.met is not None for finding in self.findings)


def fit(use_case: UseCase, facts: FitFacts) -> Fit:
    """How well a model with these `facts` fits `use_case`."""
    found = [(check, check.judge(facts)) for check in use_case.checks]
    findings = tuple(finding for _, finding in found)
    essential = [finding.met for check, finding in found if check.is_essential]
    if any(met == MISSED for met in essential):
        return Fit(MISSED, MISSED, MISSED, findings)
    whole = sum(check.weight for check in use_case.checks)
    answered = sum(check.weight for check, one in found if one.met is not None)
    met = sum((check.weight * one.met for check, one in found if one.met), MISSED)
    low = HUNDRED * met / whole
    high = HUNDRED * (met + whole - answered) / whole
    if None in essential or not answered:
        return Fit(None, MISSED, high, findings)
    return Fit(HUNDRED * met / answered, low, high, findings)


def has(word: str, weight: int, *, is_essential: bool = False) -> Check:
    """The capability `word` is stated. Where it is not, only stated input modalities
    can deny it: a list of capabilities is never known to be complete."""
    label = CAPABILITIES[word][0]

    def judge(facts: FitFacts) -> Finding:
        if word in facts.capabilities:
            return Finding(MET, label)
        modality = MODALITY_OF.get(word)
        if modality and facts.input_modalities:
            if modality in facts.input_modalities:
                return Finding(MET, label)
            return Finding(MISSED, f"No {label.lower()}")
        return Finding(None, f"{label} not known")

    return Check(weight, judge, is_essential)


def window(
    enough: int, ample: int, weight: int, *, is_essential: bool = False
) -> Check:
    """A context window of `ample` tokens; from `enough` on it is partly met."""

    def judge(facts: FitFacts) -> Finding:
        size = facts.context_window
        if size is None:
            return Finding(None, "Context window not known")
        met = MET if size >= ample else PARTLY if size >= enough else MISSED
        return Finding(met, f"Context of {tokens(size)}, {tokens(ample)} wanted")

    return Check(weight, judge, is_essential)


def output(ample: int, weight: int) -> Check:
    def judge(facts: FitFacts) -> Finding:
        size = facts.max_output_tokens
        if size is None:
            return Finding(None, "Maximum output not known")
        met = MET if size >= ample else MISSED
        return Finding(met, f"Output of {tokens(size)}, {tokens(ample)} wanted")

    return Check(weight, judge)


def price(low: str, fair: str, weight: int) -> Check:
    """At most `low` dollars per million tokens (three parts input to one output);
    up to `fair` it is partly met."""
    cheap, dear = Decimal(low), Decimal(fair)

    def judge(facts: FitFacts) -> Finding:
        blended = facts.blended_usd_per_million
        if blended is None:
            return Finding(None, "Price not known")
        met = MET if blended <= cheap else PARTLY if blended <= dear else MISSED
        return Finding(met, f"{usd(blended)} per million, {usd(cheap)} wanted")

    return Check(weight, judge)


def batch_price(weight: int, *, is_essential: bool = False) -> Check:
    def judge(facts: FitFacts) -> Finding:
        if facts.has_batch_price or "batch" in facts.capabilities:
            return Finding(MET, "Batch price")
        return Finding(None, "Batch price not known")

    return Check(weight, judge, is_essential)


def strong(name: str, weight: int) -> Check:
    """Strong at `name`, a key of `registry.profiles.strengths.SCALES`."""

    def judge(facts: FitFacts) -> Finding:
        share = facts.strengths.get(name)
        if share is None:
            return Finding(None, f"Strength in {name} not known")
        met = MET if share >= STRONG else PARTLY if share >= FAIR else MISSED
        said = f"Strength in {name} {share:.0%}, {STRONG:.0%} wanted"
        return Finding(met, said)

    return Check(weight, judge)


def answers_at_once(weight: int) -> Check:
    """Reasoning delays the first word; whether it can be turned off is not stated."""

    def judge(facts: FitFacts) -> Finding:
        if "reasoning" in facts.capabilities:
            return Finding(PARTLY, "Reasons before it answers")
        return Finding(None, "Reasoning not known")

    return Check(weight, judge)
