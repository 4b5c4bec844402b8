"""Takes secrets out of text that leaves the process: log lines with their tracebacks.
Nothing of ours logs one on purpose; an error text of a library may hold one."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Final

HIDDEN: Final = "[hidden]"
SHORTEST: Final = 8
"""Shorter values of variables are words rather than secrets."""
SECRET_VARIABLES: Final = re.compile(
    r"(SECRET|PASSWORD|TOKEN|_KEYS?$|_PAT$|CREDENTIAL)", re.IGNORECASE
)
PATTERNS: Final = (
    # An address with a password: postgres://user:password@host
    (re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+@"), rf"\1:{HIDDEN}@"),
    (
        re.compile(r"\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
        rf"\1 {HIDDEN}",
    ),
    (
        re.compile(
            r"""(?P<name>["']?(?:[\w-]*(?:api[_-]?key|secret|password|passwd|token)"""
            r"""|x-api-key|authorization|sesame|signature)["']?\s*[:=]\s*["']?)"""
            r"""(?!bearer\b|basic\b|none\b|true\b|false\b)[^\s"',;&)\]}]{6,}""",
            re.IGNORECASE,
        ),
        rf"\g<name>{HIDDEN}",
    ),
    # Keys by their make: ours, OpenAI, Google, GitHub, Hugging Face, Slack, Groq.
    (
        re.compile(
            r"\b(?:mh_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{12,}|AIza[A-Za-z0-9_-]{20,}"
            r"|gh[opsu]_[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{16,}|xox[abp]-[A-Za-z0-9-]{10,}"
            r"|gsk_[A-Za-z0-9]{16,})"
        ),
        HIDDEN,
    ),
)


def without_secrets(text: str) -> str:
    for secret in own_secrets():
        text = text.replace(secret, HIDDEN)
    for pattern, shown in PATTERNS:
        text = pattern.sub(shown, text)
    return text


@lru_cache(maxsize=1)
def own_secrets() -> tuple[str, ...]:
    """Values of this process's variables that are secrets by their name, the longest
    first: one may stand within another."""
    found = {
        value.strip()
        for name, value in os.environ.items()
        if SECRET_VARIABLES.search(name) and len(value.strip()) >= SHORTEST
    }
    return tuple(sorted(found, key=len, reverse=True))
