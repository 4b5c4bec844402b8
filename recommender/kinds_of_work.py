"""The kinds of work that models are judged for: use cases, and the seven task types of
the classifier. Each is a list of checks; see `recommender.use_cases` for what they
look at."""

from __future__ import annotations

from typing import Final

from recommender.use_cases import (
    UseCase,
    answers_at_once,
    batch_price,
    has,
    output,
    price,
    strong,
    window,
)
from registry.capabilities import LONG_CONTEXT_TOKENS

COMPARED: Final = (
    UseCase(
        "real_time",
        "Real time",
        "Answers while a person or a process waits.",
        (
            has("streaming", 3),
            answers_at_once(2),
            has("fast_processing", 2),
            price("1", "5", 1),
        ),
    ),
    UseCase(
        "chat",
        "Chat",
        "Long conversations with people.",
        (
            has("text_generation", 3, is_essential=True),
            window(32_000, 128_000, 2),
            has("streaming", 1),
            has("caching", 2),
            price("1", "5", 2),
        ),
    ),
    UseCase(
        "batch",
        "Batch work",
        "Much work that can wait for hours.",
        (
            batch_price(3),
            price("0.5", "3", 3),
            has("structured_output", 1),
        ),
    ),
    UseCase(
        "vision",
        "Vision",
        "Reads photos and screens.",
        (
            has("image_analysis", 4, is_essential=True),
            strong("vision", 2),
            has("structured_output", 1),
            window(32_000, 128_000, 1),
            price("1", "5", 2),
        ),
    ),
    UseCase(
        "long_documents",
        "Long documents",
        "Reads contracts, reports and manuals in one piece.",
        (
            window(128_000, LONG_CONTEXT_TOKENS, 4, is_essential=True),
            has("document_analysis", 1),
            has("caching", 2),
            price("1", "5", 1),
        ),
    ),
    UseCase(
        "code",
        "Code",
        "Writes and changes programs with tools.",
        (
            has("text_generation", 1, is_essential=True),
            has("tools", 3),
            has("reasoning", 2),
            has("code", 2),
            strong("coding", 3),
            window(128_000, LONG_CONTEXT_TOKENS, 2),
            output(16_000, 1),
        ),
    ),
    UseCase(
        "extraction",
        "Structured extraction",
        "Turns text and pictures into records.",
        (
            has("structured_output", 4, is_essential=True),
            window(16_000, 64_000, 1),
            batch_price(1),
            price("0.5", "3", 2),
        ),
    ),
    UseCase(
        "agents",
        "Agents",
        "Plans and acts over many steps.",
        (
            has("tools", 4, is_essential=True),
            has("reasoning", 2),
            strong("reasoning", 2),
            has("structured_output", 1),
            has("caching", 2),
            window(64_000, LONG_CONTEXT_TOKENS, 2),
        ),
    ),
)
"""Those that a comparison has a row for."""
PURPOSES: Final = (
    UseCase(
        "cost_sensitive",
        "Cost sensitive",
        "The cheapest that will do.",
        (
            price("0.3", "1.5", 4),
            has("caching", 1),
            batch_price(1),
        ),
    ),
    UseCase(
        "high_accuracy",
        "High accuracy",
        "A mistake costs more than the call.",
        (
            strong("reasoning", 3),
            strong("research", 2),
            has("reasoning", 2),
            has("structured_output", 1),
        ),
    ),
    UseCase(
        "complex_analysis",
        "Complex analysis",
        "Many facts, several steps, one conclusion.",
        (
            strong("reasoning", 3),
            has("reasoning", 3),
            has("document_analysis", 1),
            window(128_000, LONG_CONTEXT_TOKENS, 2),
            output(16_000, 1),
        ),
    ),
    UseCase(
        "quality_control",
        "Quality control",
        "Holds photos or records against rules.",
        (
            has("structured_output", 3),
            has("image_analysis", 2),
            strong("reasoning", 1),
            price("1", "5", 1),
        ),
    ),
    UseCase(
        "search",
        "Search",
        "Answers out of what was found.",
        (
            has("text_generation", 1, is_essential=True),
            window(32_000, 128_000, 2),
            has("streaming", 1),
            has("caching", 1),
            price("0.5", "3", 2),
        ),
    ),
)
TASK_TYPES: Final = (
    UseCase(
        "code_generation",
        "Writing code",
        "Writes new programs and functions.",
        (
            has("text_generation", 1, is_essential=True),
            strong("coding", 4),
            has("reasoning", 1),
            has("code", 1),
            output(16_000, 2),
        ),
    ),
    UseCase(
        "code_explanation",
        "Explaining code",
        "Says what a program does, and why.",
        (
            has("text_generation", 1, is_essential=True),
            strong("coding", 2),
            strong("writing", 1),
            window(64_000, LONG_CONTEXT_TOKENS, 2),
            price("1", "5", 1),
        ),
    ),
    UseCase(
        "code_review",
        "Reviewing code",
        "Finds what is wrong with a change.",
        (
            has("text_generation", 1, is_essential=True),
            strong("coding", 3),
            has("reasoning", 3),
            window(128_000, LONG_CONTEXT_TOKENS, 2),
        ),
    ),
    UseCase(
        "planning",
        "Planning",
        "Breaks a goal into steps.",
        (
            has("text_generation", 1, is_essential=True),
            strong("reasoning", 4),
            has("reasoning", 2),
            has("structured_output", 1),
            window(32_000, 128_000, 1),
        ),
    ),
    UseCase(
        "refactoring",
        "Refactoring",
        "Changes code without changing what it does.",
        (
            has("text_generation", 1, is_essential=True),
            strong("coding", 3),
            has("tools", 1),
            window(128_000, LONG_CONTEXT_TOKENS, 3),
            output(32_000, 2),
        ),
    ),
    UseCase(
        "testing",
        "Testing",
        "Writes tests for code that is there.",
        (
            has("text_generation", 1, is_essential=True),
            strong("coding", 3),
            window(64_000, 128_000, 1),
            output(16_000, 1),
            price("1", "5", 2),
        ),
    ),
    UseCase(
        "documentation",
        "Documentation",
        "Writes manuals and comments.",
        (
            has("text_generation", 1, is_essential=True),
            strong("writing", 3),
            window(64_000, LONG_CONTEXT_TOKENS, 2),
            output(8_000, 1),
            price("1", "5", 2),
        ),
    ),
)
"""By the names of `recommender.routing.classifier.TASKS`."""
USE_CASES: Final = (*COMPARED, *PURPOSES, *TASK_TYPES)
