"""Arranging prompts, for tests."""

from registry.models import Prompt, PromptVersion
from registry.queries.prompts import latest_version
from registry.services.prompt_labels import move_label
from registry.services.prompts import add_version


def versioned(prompt: Prompt, *texts: str) -> list[PromptVersion]:
    """Each text as a further version."""
    return [
        add_version(
            prompt=prompt,
            text=text,
            actor=None,
            expected_number=latest_version(prompt).number,
        ).version
        for text in texts
    ]


def moved(prompt: Prompt, number: int, label: str = "production") -> None:
    move_label(prompt=prompt, label=label, to_number=number, actor=None)
