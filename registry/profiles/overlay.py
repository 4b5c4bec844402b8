"""What a profile, with all that it extends, means for one feature. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from registry.profiles.document import EVERYTHING, Preference, ProfileDocument

TASK_WORDS: Final[dict[str, frozenset[str]]] = {
    "coding": frozenset(
        [
            "code",
            "coder",
            "coding",
            "coded",
            "fix",
            "refactor",
            "edit",
            "editor",
            "debug",
            "surgical",
            "program",
        ]
    ),
    "vision": frozenset(["vision", "image", "images", "photo", "picture"]),
    "writing": frozenset(
        [
            "write",
            "writing",
            "writer",
            "describe",
            "description",
            "descriptions",
            "draft",
            "drafts",
            "reply",
            "replies",
            "summary",
            "summarise",
            "summarize",
            "caption",
            "captions",
            "translate",
            "copy",
        ]
    ),
    "research": frozenset(["research", "search", "find", "answer", "retrieval"]),
    "planning": frozenset(
        ["plan", "planner", "planning", "brain", "orchestrator", "critic"]
    ),
    "chat": frozenset(["chat", "talk", "assistant", "support"]),
}
"""Words in a feature's key that say what kind of work it is, in this order."""
WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


class ProfileCycle(ValueError):
    """Profiles that extend one another in a circle; `slugs` is the way round."""

    def __init__(self, slugs: tuple[str, ...]) -> None:
        self.slugs = slugs
        super().__init__(f"It extends itself: {' → '.join(slugs)}.")


class ProfileMissing(ValueError):
    """`slug` is extended and is not there."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        super().__init__(f"It extends {slug}, which is not there.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The preference for a feature, and the words of the document it comes from."""

    preference: Preference
    parts: tuple[str, ...] = ()
    task: str = ""


def effective(slug: str, documents: Mapping[str, ProfileDocument]) -> ProfileDocument:
    """The document of `slug` laid over all that it extends. Raises ProfileCycle and
    ProfileMissing."""
    way = way_of(slug, documents)
    found = ProfileDocument()
    for name in reversed(way):
        document = documents[name]
        found = ProfileDocument(
            roles=_over(document.roles, found.roles),
            tasks=_over(document.tasks, found.tasks),
        )
    return found


def way_of(slug: str, documents: Mapping[str, ProfileDocument]) -> tuple[str, ...]:
    """`slug`, what it extends, and so on. Raises ProfileCycle and ProfileMissing."""
    way: list[str] = []
    current = slug
    while current:
        if current in way:
            raise ProfileCycle((*way[way.index(current) :], current))
        if current not in documents:
            raise ProfileMissing(current)
        way.append(current)
        current = documents[current].extends
    return tuple(way)


def chosen_for(document: ProfileDocument, key: str) -> Chosen:
    """What an effective document prefers for the feature `key` (empty: for whatever
    has no feature). The role itself decides before its task, and that before `*`."""
    role = document.roles.get(key) if key else None
    everything = document.roles.get(EVERYTHING)
    task = (role.task if role else "") or task_of(key, document.tasks)
    general = document.tasks.get(task)
    found = Preference()
    parts = []
    for part, one in (
        (f"the role {key}", role),
        (f"the task {task}", general),
        ("everything", everything),
    ):
        if one is not None:
            found = found.over(one)
            parts.append(part)
    return Chosen(found, tuple(parts), task if general is not None else "")


def task_of(key: str, tasks: Mapping[str, object]) -> str:
    """The task among `tasks` that the words of a feature's key speak of, or nothing."""
    if not tasks:
        return ""
    words = {word.lower() for word in WORD.findall(key)}
    for task in tasks:
        if task.lower() in words:
            return task
    return next(
        (task for task, known in TASK_WORDS.items() if task in tasks and words & known),
        "",
    )


def _over(
    own: Mapping[str, Preference], base: Mapping[str, Preference]
) -> dict[str, Preference]:
    return {
        key: own[key].over(base[key])
        if key in own and key in base
        else own.get(key) or base[key]
        for key in dict.fromkeys([*own, *base])
    }
