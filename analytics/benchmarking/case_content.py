"""What a case says, whatever it is kept in, and what may be wrong with it. Pure."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from registry.lined.document import is_storable

ROLES: Final = ("user", "assistant", "system")
MOST_MESSAGES: Final = 200
MOST_TEXT: Final = 400_000
"""Characters of one text."""
MOST_IMAGES: Final = 20
MOST_TAGS: Final = 20
LONGEST_TAG: Final = 60
LONGEST_KEY: Final = 80
MOST_WEIGHT: Final = 1_000_000.0
KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


class BenchmarkRefused(Exception):
    """A suite or a case breaks a rule; nothing was changed. `problems` are sentences by
    field; an empty field is the whole."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


@dataclass(frozen=True, kw_only=True)
class CaseContent:
    """One question and what is expected of its answer. `images` are SHA-256 digests;
    `expected` is any JSON, None where nothing is expected word for word."""

    messages: tuple[Mapping[str, str], ...]
    system: str = ""
    images: tuple[str, ...] = ()
    expected: Any = None  # any JSON
    rubric: str = ""
    response_schema: Mapping[str, Any] | None = None
    scorers: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[str, ...] = ()
    weight: float = 1.0

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked and how it is scored: equal for equal questions,
        whatever their tags and weights."""
        said = {
            "messages": [dict(one) for one in self.messages],
            "system": self.system,
            "images": self.images,
            "expected": self.expected,
            "rubric": self.rubric,
            "response_schema": self.response_schema,
            "scorers": self.scorers,
        }
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def prompt(self) -> str:
        """The last message: what is asked."""
        return self.messages[-1]["content"] if self.messages else ""

    @property
    def has_measure(self) -> bool:
        """Whether the case says itself what a good answer is."""
        has_answer = self.expected is not None or bool(self.rubric)
        return has_answer or self.response_schema is not None or bool(self.scorers)


def asked(prompt: str, **facts: Any) -> CaseContent:
    """A case of one message. `facts` are fields of CaseContent."""
    return CaseContent(messages=({"role": "user", "content": prompt},), **facts)


def tidy(content: CaseContent) -> CaseContent:
    """Without tags said twice, and with nothing expected where that is empty."""
    tags = dict.fromkeys(tag.strip() for tag in content.tags)
    expected = None if content.expected == "" else content.expected
    return replace(
        content,
        tags=tuple(tag for tag in tags if tag),
        expected=expected,
        weight=float(content.weight),
    )


def content_problems(content: CaseContent) -> dict[str, str]:
    """Sentences by field; empty where all is well."""
    found = {
        "messages": _message_problem(content.messages),
        "tags": _tag_problem(content.tags),
        "weight": _weight_problem(content.weight),
        "images": _image_problem(content.images),
        "expected": _json_problem(content.expected),
        "response_schema": _schema_problem(content.response_schema),
    }
    for name in ("system", "rubric"):
        found[name] = _text_problem(getattr(content, name))
    return {name: said for name, said in found.items() if said}


def key_problem(key: str) -> str:
    if KEY.fullmatch(key):
        return ""
    return "A key has letters, digits, - and _ only, at most 80 of them."


def free_key(wanted: str, taken: Iterable[str], fallback: str = "case") -> str:
    """A key made of a text, and a number behind it where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")
    stem = plain[:40].rstrip("-") or fallback
    known = set(taken)
    if stem not in known:
        return stem
    number = 2
    while f"{stem}-{number}" in known:
        number += 1
    return f"{stem}-{number}"


def _message_problem(messages: tuple[Mapping[str, str], ...]) -> str:
    if not messages:
        return "A case needs a prompt or messages."
    if len(messages) > MOST_MESSAGES:
        return f"At most {MOST_MESSAGES} messages."
    for number, one in enumerate(messages, start=1):
        if one.get("role") not in ROLES:
            return f"Message {number} has no role: user, assistant or system."
        content = one.get("content")
        if not isinstance(content, str) or not content.strip():
            return f"Message {number} is empty."
        if said := _text_problem(content):
            return f"Message {number}: {said}"
    if messages[-1]["role"] != "user":
        return "The last message is the user's: it is what is asked."
    return ""


def _text_problem(text: str) -> str:
    if not is_storable(text):
        return "It holds signs that no text can hold."
    if len(text) > MOST_TEXT:
        return f"A text has at most {MOST_TEXT:,} characters."
    return ""


def _tag_problem(tags: tuple[str, ...]) -> str:
    if len(tags) > MOST_TAGS:
        return f"At most {MOST_TAGS} tags."
    if any(len(tag) > LONGEST_TAG or "," in tag or ";" in tag for tag in tags):
        return f"A tag has at most {LONGEST_TAG} characters, no comma, no semicolon."
    return next((said for tag in tags if (said := _text_problem(tag))), "")


def _weight_problem(weight: float) -> str:
    if math.isfinite(weight) and 0 < weight <= MOST_WEIGHT:
        return ""
    return "A weight is a number above 0; 1 is the usual one."


def _image_problem(images: tuple[str, ...]) -> str:
    return f"At most {MOST_IMAGES} images." if len(images) > MOST_IMAGES else ""


def _schema_problem(schema: Any) -> str:
    if schema is not None and not isinstance(schema, Mapping):
        return "A JSON schema is an object."
    return _json_problem(schema)


def _json_problem(value: Any) -> str:
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
    except ValueError:
        return "NaN and infinity are no JSON."
    return _text_problem(text.replace("\\u0000", "\x00"))
