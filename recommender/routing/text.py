"""What can be counted in a prompt without understanding it. Pure, and quick on a long
prompt: only its beginning and its end are read, once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from recommender.routing.code_lines import count_code, is_code, word_set

FIRST_CHARACTERS: Final = 2_400
LAST_CHARACTERS: Final = 1_200
"""The wish stands at the beginning or at the end; between them stands material."""
WORD: Final = re.compile(r"[^\W\d_]+")
DIFF: Final = re.compile(r"^(?:diff --git |@@ .*@@|\+\+\+ |--- a/)", re.MULTILINE)
TRACEBACK: Final = re.compile(
    r"^Traceback \(most|^[ \t]+at [\w.$<>]+\(|^\w*(?:Error|Exception): |panicked at ",
    re.MULTILINE,
)
LISTED: Final = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+\S", re.MULTILINE)

CONDITIONS: Final = word_set(
    "must should shall unless without never always keep ensure require required "
    "requires except exactly limit limited"
)
CONDITION_PAIRS: Final = frozenset(
    {
        ("at", "most"),
        ("at", "least"),
        ("no", "more"),
        ("no", "less"),
        ("only", "if"),
        ("do", "not"),
        ("don", "t"),
        ("make", "sure"),
        ("but", "not"),
        ("instead", "of"),
        ("as", "long"),
        ("up", "to"),
    }
)
REASONING: Final = word_set(
    "prove proof derive tradeoff tradeoffs design deadlock deadlocks race distributed "
    "algorithm algorithms complexity consistent consistency security strategy compare "
    "evaluate analyse analyze analysis why multi several"
)
REASONING_STEMS: Final = frozenset(
    {"archite", "optimis", "optimiz", "concurr", "scalabi", "migrati", "vulnera"}
)
STEM_LETTERS: Final = 7
REASONING_PAIRS: Final = frozenset(
    {("step", "by"), ("trade", "off"), ("trade", "offs"), ("root", "cause")}
)
SIMPLE: Final = word_set(
    "rename typo simple simply short quick quickly brief briefly small trivial "
    "translate spelling"
)
SIMPLE_PAIRS: Final = frozenset(
    {("one", "line"), ("single", "line"), ("yes", "or"), ("one", "sentence")}
)
STOP_WORDS: Final = {
    "English": word_set("the and to of is for with this that it"),
    "German": word_set("der die das und ist nicht ein eine mit für"),
    "French": word_set("le la les et est une des pour dans que"),
    "Spanish": word_set("el los las y es una por para que con"),
    "Italian": word_set("il gli che è una per con del della non"),
    "Portuguese": word_set("o os um uma não para com que em do"),
    "Dutch": word_set("de het een en niet van voor met is dat"),
}
FEWEST_WORDS: Final = 2
"""So many stop words of another language must be there, and more than of English."""
FIRST_OTHER_SCRIPT: Final = "Ͱ"
"""From Greek on; Latin letters with all their accents stand before it."""


@dataclass(frozen=True)
class TextFacts:
    """Counts of a prompt. `words` are those outside of code, in lower case; `language`
    is its name, "another script", or empty where it cannot be told."""

    words: tuple[str, ...] = ()
    code_lines: int = 0
    conditions: int = 0
    reasoning: int = 0
    simple: int = 0
    has_diff: bool = False
    has_traceback: bool = False
    language: str = ""

    @property
    def has_code(self) -> bool:
        return self.code_lines > 0 or self.has_diff


def part_read(prompt: str) -> str:
    """The beginning and the end of a prompt."""
    if len(prompt) <= FIRST_CHARACTERS + LAST_CHARACTERS:
        return prompt
    return f"{prompt[:FIRST_CHARACTERS]}\n{prompt[-LAST_CHARACTERS:]}"


def text_facts(prompt: str) -> TextFacts:
    read = part_read(prompt)
    prose = "\n".join(line for line in read.splitlines() if not is_code(line))
    words = WORD.findall(prose.lower())
    different = set(words)
    pairs = list(zip(words, words[1:], strict=False))
    reasoning = len(different & REASONING) + len(REASONING_PAIRS.intersection(pairs))
    return TextFacts(
        words=tuple(words),
        code_lines=count_code(read),
        conditions=_conditions(prose, words, pairs),
        reasoning=reasoning
        + len(REASONING_STEMS & {word[:STEM_LETTERS] for word in different}),
        simple=len(different & SIMPLE) + len(SIMPLE_PAIRS.intersection(pairs)),
        has_diff=bool(DIFF.search(read)),
        has_traceback=bool(TRACEBACK.search(read)),
        language=language_of(words),
    )


def language_of(words: Sequence[str]) -> str:
    """By its script, then by its commonest words. Short texts have no language."""
    other = sum(1 for word in words if word[0] >= FIRST_OTHER_SCRIPT)
    if other > len(words) / 4:
        return "another script"
    counts = {
        name: sum(map(common.__contains__, words))
        for name, common in STOP_WORDS.items()
    }
    best = max(counts, key=lambda name: counts[name])
    if counts[best] >= FEWEST_WORDS and counts[best] > counts["English"]:
        return best
    return "English" if counts["English"] else ""


def _conditions(prose: str, words: list[str], pairs: list[tuple[str, str]]) -> int:
    """Words that bind, and items of lists."""
    single = sum(map(CONDITIONS.__contains__, words))
    return (
        single
        + sum(map(CONDITION_PAIRS.__contains__, pairs))
        + len(LISTED.findall(prose))
    )
