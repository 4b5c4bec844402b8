"""The scorer that runs a program. Off unless the operator allows it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar, Final

from analytics.benchmarking.scorers.answer_scorer import AnswerScorer
from analytics.benchmarking.scorers.code_running import run_program
from analytics.benchmarking.scorers.fields import FieldType, ScorerField, ScorerKind
from analytics.benchmarking.scoring import Answered, CaseFacts, Score
from registry.structured.extraction import FENCE

SWITCH: Final = "MODELHUB_BENCHMARK_CODE"
LONGEST_PROGRAM: Final = 100_000


@dataclass(frozen=True, kw_only=True)
class Code(AnswerScorer):
    kind: ClassVar[str] = "code"
    tests: str = ""
    timeout_s: float = 5.0
    memory_mb: int = 256

    def lacks(self, case: CaseFacts) -> str:
        if not self._tests(case):
            return "Neither the scorer nor the case says tests to pass."
        if os.environ.get(SWITCH) != "1":
            return f"Programs are not run here; whoever runs ModelHub sets {SWITCH}=1."
        return ""

    def of(self, case: CaseFacts, answered: Answered) -> Score:
        program = program_in(answered.text)
        if not program.strip():
            return self.told(False, "The answer is empty.")
        if len(program) > LONGEST_PROGRAM:
            return self.told(False, f"It has over {LONGEST_PROGRAM:,} characters.")
        ran = run_program(
            program,
            self._tests(case),
            timeout_s=self.timeout_s,
            memory_mb=self.memory_mb,
        )
        return self.told(ran.is_passed, ran.note)

    def _tests(self, case: CaseFacts) -> str:
        expected = case.expected if isinstance(case.expected, str) else ""
        return self.tests.strip() or expected.strip()


def program_in(text: str) -> str:
    """The code blocks of an answer one after the other; all of it where it has none."""
    blocks = [
        inside
        for language, inside in FENCE.findall(text)
        if language.lower() in ("", "py", "python", "python3")
    ]
    return "\n\n".join(blocks) or text


KINDS: Final = (
    ScorerKind(
        kind="code",
        label="Code that passes tests",
        meaning="The Python program in the answer passes tests. It is run guarded, and "
        "only where whoever runs ModelHub allows it.",
        make=Code,
        fields=(
            ScorerField(
                name="tests",
                label="Tests",
                type=FieldType.LONG_TEXT,
                default="",
                hint="Python that runs after the answer: assert add(1, 2) == 3. "
                "Empty: the case's expected answer holds the tests.",
            ),
            ScorerField(
                name="timeout_s",
                label="Most seconds",
                type=FieldType.NUMBER,
                default=5.0,
                lowest=0.5,
                highest=60,
            ),
            ScorerField(
                name="memory_mb",
                label="Most memory, MB",
                type=FieldType.WHOLE,
                default=256,
                lowest=64,
                highest=2048,
            ),
        ),
        examples=({"kind": "code", "tests": "assert add(1, 2) == 3"},),
    ),
)
