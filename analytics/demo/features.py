"""The features of the sample product, and what their calls are like. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Part(StrEnum):
    """What a model is cast for."""

    SMALL = "small"
    LARGE = "large"
    CODE = "code"
    VISION = "vision"
    THINKER = "thinker"


class Rhythm(StrEnum):
    """When people call: at work, all day and in the evening, or a job at night."""

    OFFICE = "office"
    EVENING = "evening"
    NIGHT = "night"


class Way(StrEnum):
    """How calls came to be known."""

    GATEWAY = "gateway"
    OTLP = "otlp"
    IMPORT_FIRST = "import first"
    """Imported from what there was before, later through the gateway."""


@dataclass(frozen=True, kw_only=True)
class DemoFeature:
    """`weight` is its part of all requests, beside those of the others. Tokens are
    medians of log-normal distributions with `spread` (sigma). `cached` and `thinking`
    are the shares of input read from a cache and of output that is reasoning. Of all
    requests the share `streams` streams, and `scored` gets a thumb."""

    key: str
    name: str
    description: str
    part: Part
    weight: float
    input_tokens: int
    output_tokens: int
    team: str
    spread: float = 0.6
    cached: float = 0.0
    thinking: float = 0.0
    streams: float = 0.0
    scored: float = 0.0
    quality: float = 0.86
    rhythm: Rhythm = Rhythm.OFFICE
    way: Way = Way.GATEWAY
    prompt: str = ""
    tells_confidence: bool = False
    calls_tools: bool = False
    is_batch: bool = False

    @property
    def capabilities(self) -> list[str]:
        found = ["text_generation"]
        if self.part is Part.VISION:
            found.append("image_analysis")
        if self.calls_tools:
            found.append("tools")
        return found


FEATURES: Final = (
    DemoFeature(
        key="photo-tagging",
        name="Photo tagging",
        description="Names what a photo shows, for search.",
        part=Part.VISION,
        weight=15,
        input_tokens=1_450,
        output_tokens=90,
        team="media",
        spread=0.35,
        rhythm=Rhythm.EVENING,
        prompt="PHOTO_TAGGING",
        tells_confidence=True,
        quality=0.9,
    ),
    DemoFeature(
        key="search",
        name="Search answers",
        description="Answers a question from what the search found.",
        part=Part.SMALL,
        weight=20,
        input_tokens=3_200,
        output_tokens=210,
        team="search",
        cached=0.35,
        streams=0.9,
        scored=0.05,
        rhythm=Rhythm.EVENING,
        prompt="SEARCH_ANSWER",
    ),
    DemoFeature(
        key="chat",
        name="Chat",
        description="The assistant beside every page.",
        part=Part.LARGE,
        weight=13,
        input_tokens=4_100,
        output_tokens=380,
        team="assistant",
        spread=0.8,
        cached=0.55,
        streams=1.0,
        scored=0.08,
        rhythm=Rhythm.EVENING,
        prompt="CHAT",
    ),
    DemoFeature(
        key="codeGenerator",
        name="Code generator",
        description="Writes working code from a plan.",
        part=Part.CODE,
        weight=4,
        input_tokens=9_500,
        output_tokens=1_900,
        team="studio",
        cached=0.5,
        thinking=0.3,
        streams=0.8,
        scored=0.1,
        prompt="CODE_GENERATOR",
    ),
    DemoFeature(
        key="directCodeEditor.surgical",
        name="Code editor, surgical",
        description="Changes a few lines and nothing else.",
        part=Part.CODE,
        weight=5,
        input_tokens=7_200,
        output_tokens=420,
        team="studio",
        cached=0.6,
        thinking=0.15,
        prompt="CODE_EDITOR",
        tells_confidence=True,
    ),
    DemoFeature(
        key="directCodeEditor.creative",
        name="Code editor, creative",
        description="Rewrites a part as it would be nicer.",
        part=Part.LARGE,
        weight=3,
        input_tokens=7_000,
        output_tokens=950,
        team="studio",
        cached=0.5,
        streams=0.6,
        prompt="CODE_EDITOR",
        quality=0.78,
    ),
    DemoFeature(
        key="visionAnalysis",
        name="Vision analysis",
        description="Looks closely at an image and answers in a fixed form.",
        part=Part.VISION,
        weight=5,
        input_tokens=2_600,
        output_tokens=340,
        team="media",
        spread=0.4,
        tells_confidence=True,
        quality=0.8,
    ),
    DemoFeature(
        key="planner",
        name="Planner",
        description="Breaks a wish down into steps and picks the tools.",
        part=Part.THINKER,
        weight=5,
        input_tokens=5_200,
        output_tokens=1_300,
        team="studio",
        cached=0.4,
        thinking=0.55,
        prompt="PLANNER",
        calls_tools=True,
        tells_confidence=True,
    ),
    DemoFeature(
        key="critic",
        name="Critic",
        description="Says what is wrong with a draft before a person sees it.",
        part=Part.THINKER,
        weight=4,
        input_tokens=6_100,
        output_tokens=700,
        team="studio",
        thinking=0.5,
        tells_confidence=True,
        prompt="CRITIC",
    ),
    DemoFeature(
        key="support-reply",
        name="Support reply drafts",
        description="Drafts the answer to a ticket; a person sends it.",
        part=Part.LARGE,
        weight=6,
        input_tokens=3_600,
        output_tokens=320,
        team="support",
        cached=0.45,
        scored=0.15,
        prompt="SUPPORT_REPLY",
    ),
    DemoFeature(
        key="ticket-triage",
        name="Ticket triage",
        description="Sorts tickets by subject and urgency.",
        part=Part.SMALL,
        weight=8,
        input_tokens=900,
        output_tokens=45,
        team="support",
        spread=0.5,
        tells_confidence=True,
        quality=0.92,
    ),
    DemoFeature(
        key="translation",
        name="Translation",
        description="Translates what people write to each other.",
        part=Part.SMALL,
        weight=6,
        input_tokens=650,
        output_tokens=520,
        team="platform",
        way=Way.IMPORT_FIRST,
    ),
    DemoFeature(
        key="meeting-summary",
        name="Meeting summary",
        description="Sums up a meeting; a service of its own reports by OpenTelemetry.",
        part=Part.LARGE,
        weight=2,
        input_tokens=21_000,
        output_tokens=850,
        team="platform",
        spread=0.5,
        way=Way.OTLP,
    ),
    DemoFeature(
        key="invoice-extraction",
        name="Invoice extraction",
        description="Reads last day's invoices at night, at the batch price.",
        part=Part.VISION,
        weight=3,
        input_tokens=5_400,
        output_tokens=460,
        team="finance",
        spread=0.4,
        rhythm=Rhythm.NIGHT,
        tells_confidence=True,
        is_batch=True,
    ),
    DemoFeature(
        key="moderation",
        name="Moderation",
        description="Keeps what nobody wants to read off the pages.",
        part=Part.SMALL,
        weight=9,
        input_tokens=420,
        output_tokens=12,
        team="platform",
        spread=0.5,
        rhythm=Rhythm.EVENING,
        tells_confidence=True,
        quality=0.94,
    ),
)
CUSTOMERS: Final = (
    "northwind",
    "contoso",
    "fabrikam",
    "tailspin",
    "litware",
    "adatum",
    "proseware",
    "wingtip",
    "lucerne",
    "trey",
)
ENVIRONMENTS: Final = ("production", "staging", "development")
ENVIRONMENT_SHARES: Final = (0.92, 0.06, 0.02)
