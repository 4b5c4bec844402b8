"""Which models go on with an answer that was begun: those that take an assistant's
turn as the last one and write on from it. Pure."""

import re
from typing import Final

from registry.resolution.plan import Candidate

# Anthropic: prefilling is refused from Claude Opus 4.6 and Sonnet 4.6 on (migration
# guides at platform.claude.com), and so by everything after them.
CLAUDE: Final = re.compile(
    r"claude-(?:opus|sonnet|haiku|fable|mythos)-(\d+)(?:[-.](\d{1,2}))?(?!\d)"
)
FIRST_WITHOUT: Final = (4, 6)
# OpenAI's own models take the turn and then write a new answer, from the start.
ANSWERS_ANEW: Final = frozenset({"openai", "azure"})


def refuses_prefill(candidate: Candidate) -> bool:
    """Whether this candidate is known not to go on. One that is not known is asked; if
    it refuses, that is no error of the request."""
    if candidate.model.provider in ANSWERS_ANEW:
        return True
    named = CLAUDE.search(candidate.model.model_name)
    if named is None:
        return False
    return (int(named[1]), int(named[2] or 0)) >= FIRST_WITHOUT
