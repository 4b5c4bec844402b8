"""From a prompt to the terms that the classifier and the routers weigh. Pure; the same
for training and for a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from recommender.routing.code_lines import word_set
from recommender.routing.intent import intent_of
from recommender.routing.technical import technical_terms
from recommender.routing.text import TextFacts

MOST_WORDS: Final = 120
"""Of a long prompt so many words from its beginning and from its end are enough."""
STEM_LETTERS: Final = 6
KEYWORDS: Final = {
    "code_generation": word_set(
        "write implement create build generate code program script function endpoint "
        "component class module regex query cli snippet port add schreibe écris "
        "escribe necesito"
    ),
    "code_explanation": word_set(
        "explain what why how mean means meaning understand difference walk describe "
        "happens does teach erkläre bedeutet warum wozu explique explica"
    ),
    "code_review": word_set(
        "review check audit bug bugs problem problems wrong feedback approve merge "
        "lgtm vulnerability safe secure correctness critique assess nitpick relis "
        "revisa prüfe"
    ),
    "planning": word_set(
        "plan roadmap steps milestones tasks phases estimate approach strategy sprint "
        "backlog architecture decide design checklist timeline schedule priorities "
        "order migrate migration étapes schritte"
    ),
    "refactoring": word_set(
        "refactor refactoring refactored rename extract simplify clean restructure "
        "rewrite convert replace split duplicated duplication inline modernise tidy "
        "rework untangle shorter nicer dry behaviour behavior unchanged vereinfache "
        "simplifie refactoriza"
    ),
    "testing": word_set(
        "test tests testing pytest jest unittest junit coverage mock mocks fixture "
        "fixtures assert assertion hypothesis playwright fuzz fuzzing flaky regress "
        "regression pruebas edge cases expect"
    ),
    "documentation": word_set(
        "document documentation docs docstring docstrings readme changelog comment "
        "comments jsdoc guide manual tutorial openapi runbook wiki reference handbook "
        "specification notes anleitung documentación rédige faq glossary"
    ),
}
"""Words that speak for a task by themselves, in a few languages."""
ASKING: Final = word_set(
    "what why how which who where when is does do can could would should was wie "
    "warum qué comment pourquoi"
)
SIZES: Final = (4, 10, 25, 60, 150)
"""Words up to which a prompt is in one class of length."""


def terms_of(prompt: str, text: TextFacts) -> list[str]:
    """Each term once: words, stems, pairs, keywords of tasks, and what is counted."""
    words = list(text.words)
    if len(words) > 2 * MOST_WORDS:
        words = words[:MOST_WORDS] + words[-MOST_WORDS:]
    found = set(words)
    found.update(f"{one[:STEM_LETTERS]}~" for one in words if len(one) > STEM_LETTERS)
    found.update(f"{one} {other}" for one, other in zip(words, words[1:], strict=False))
    found.update(_beginning(words))
    found.update(intent_of(words))
    found.update(_keywords(set(words)))
    found.update(technical_terms(prompt, words))
    found.update(_counts(prompt, text))
    return sorted(found)


def _beginning(words: list[str]) -> Iterator[str]:
    if words:
        yield f"^ {words[0]}"
        if words[0] in ASKING:
            yield "^ asks"


def _keywords(words: set[str]) -> Iterator[str]:
    for task, keywords in KEYWORDS.items():
        count = len(words & keywords)
        if count:
            yield f"<{task}>"
        if count > 1:
            yield f"<{task}> twice"


def _counts(prompt: str, text: TextFacts) -> Iterator[str]:
    """Terms in angle brackets are no words."""
    length = sum(len(text.words) > size for size in SIZES)
    yield f"<length {length}>"
    if prompt.rstrip().endswith("?"):
        yield "<question>"
    if text.has_code:
        yield "<code>"
    if text.code_lines > 4:
        yield "<much code>"
    if text.has_diff:
        yield "<diff>"
    if text.has_traceback:
        yield "<traceback>"
    if text.conditions > 2:
        yield "<conditions>"
    if text.reasoning:
        yield f"<reasoning {min(3, text.reasoning)}>"
    if text.simple:
        yield "<simple>"
