"""The closed set of words for what a model can do and what goes in and out.

A capability is present only when a source says so; absent means "not known to".
"""

from typing import Final

# word → (label, icon, meaning). The order is the order of display.
CAPABILITIES: Final[dict[str, tuple[str, str, str]]] = {
    "text_generation": ("Text generation", "chat", "Writes text."),
    "image_analysis": ("Image input", "eye", "Reads images given as input."),
    "tools": ("Tool calling", "tool", "Calls functions that the request declares."),
    "structured_output": (
        "Structured output",
        "braces",
        "Answers in JSON that follows a given schema.",
    ),
    "reasoning": (
        "Reasoning",
        "think",
        "Thinks in tokens of its own before it answers.",
    ),
    "streaming": ("Streaming", "log", "Sends the answer piece by piece."),
    "caching": ("Prompt caching", "cache", "Repeated input is billed at a cache rate."),
    "batch": ("Batch", "layers", "Has a batch price for work that can wait."),
    "long_context": (
        "Long context",
        "rows",
        "A context window of at least 200,000 tokens.",
    ),
    "fast_processing": (
        "Fast tier",
        "gauge",
        "The provider sells a faster tier of it.",
    ),
    "code": ("Code", "prompt", "Documented as made for code."),
    "audio": ("Audio", "mic", "Hears or speaks."),
    "video_analysis": ("Video input", "eye", "Reads video given as input."),
    "document_analysis": ("Documents", "log", "Reads PDF files given as input."),
    "image_generation": ("Image generation", "spark", "Makes images."),
    "embedding": ("Embedding", "cube", "Turns text into vectors."),
    "web_search": ("Web search", "search", "Can search the web by itself."),
    "computer_use": ("Computer use", "external", "Operates a screen through tools."),
}

CAPABILITY_CHOICES: Final = [(word, info[0]) for word, info in CAPABILITIES.items()]

PROBED: Final = frozenset(
    {"image_analysis", "tools", "structured_output", "streaming", "long_context"}
)
"""What a probe can tell by asking; see `analytics.probes`."""

LONG_CONTEXT_TOKENS: Final = 200_000
"""From this window on, a model counts as `long_context`."""

MODALITIES: Final = ("text", "image", "audio", "video", "pdf", "embedding")
MODALITY_CHOICES: Final = [(word, word.capitalize()) for word in MODALITIES]
