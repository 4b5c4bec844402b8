"""How the models of the sample product did on its benchmark suites. Pure.

Made up so that there is something to learn: small models hold their own with everyday
texts, fail at code, and only the vision models see well.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analytics.demo.features import Part

CASES: Final = 48
EASIEST, HARDEST = 0.97, 0.7
"""What a faultless model would score on the easiest case and on the hardest."""
NOISE: Final = 0.02
"""How much two answers of equal quality differ, as a standard deviation."""
FIRST_TOKEN_SHARE: Final = 0.3


@dataclass(frozen=True)
class DemoSuite:
    """`features` are the keys of those that its cases are of. `points` are what a
    model of each part scores above or below the reference, of 100."""

    key: str
    name: str
    description: str
    task: str
    features: tuple[str, ...]
    points: Mapping[Part, float]


SUITES: Final = (
    DemoSuite(
        "everyday-texts",
        "Everyday texts",
        "Answers to customers, summaries, translations and sorting, as people would "
        "have written them.",
        "Answer this customer in two sentences",
        (
            "search",
            "chat",
            "support-reply",
            "ticket-triage",
            "translation",
            "meeting-summary",
            "moderation",
        ),
        {
            Part.SMALL: -0.2,
            Part.LARGE: 0.0,
            Part.CODE: 0.3,
            Part.VISION: -1.0,
            Part.THINKER: 0.2,
        },
    ),
    DemoSuite(
        "code-and-plans",
        "Code and plans",
        "Changes to code, plans and reviews, judged by the people who own the code.",
        "Change the code as the ticket asks, and nothing else",
        (
            "codeGenerator",
            "directCodeEditor.surgical",
            "directCodeEditor.creative",
            "planner",
            "critic",
        ),
        {
            Part.SMALL: -9.0,
            Part.LARGE: -3.0,
            Part.CODE: 0.0,
            Part.VISION: -12.0,
            Part.THINKER: -0.3,
        },
    ),
    DemoSuite(
        "pictures-and-papers",
        "Pictures and papers",
        "Photos, screens and invoices with the words that describe them.",
        "Name what the picture shows, for the search",
        ("photo-tagging", "visionAnalysis", "invoice-extraction"),
        {
            Part.SMALL: -5.0,
            Part.LARGE: 0.2,
            Part.CODE: 0.0,
            Part.VISION: 0.0,
            Part.THINKER: 0.4,
        },
    ),
)


@dataclass(frozen=True)
class DemoResult:
    """`score` is 0 to 1."""

    score: float
    latency_ms: float
    output_tokens: int


def results(
    suite: DemoSuite, parts: Sequence[Part], seed: int
) -> list[list[DemoResult]]:
    """Of models of `parts`: a list of cases each. Cases are equally hard for all, so
    that models differ by what they are and a little noise. The same seed gives the
    same."""
    chance = random.Random(f"{seed} {suite.key}")  # noqa: S311  # no secret
    hard = [chance.random() for _ in range(CASES)]
    return [[_result(chance, suite, part, one) for one in hard] for part in parts]


def _result(
    chance: random.Random, suite: DemoSuite, part: Part, hardness: float
) -> DemoResult:
    ideal = EASIEST - (EASIEST - HARDEST) * hardness
    score = ideal + suite.points[part] / 100 + chance.gauss(0, NOISE)
    slow = 4.0 if part in (Part.THINKER, Part.CODE) else 1.0
    return DemoResult(
        score=round(min(1.0, max(0.0, score)), 4),
        latency_ms=round(700 * slow * (1 + hardness) * chance.uniform(0.8, 1.2), 1),
        output_tokens=round(120 * (1 + hardness)),
    )
