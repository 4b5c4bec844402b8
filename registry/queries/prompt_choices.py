"""The versions of prompts that a form offers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch

from registry.models import Organization, Prompt, PromptLabel, PromptVersion
from registry.prompts.naming import PromptReference
from registry.queries.prompts import prompts_of

NEWEST: Final = 5
"""Of each prompt so many numbers are offered, besides its labels."""


@dataclass(frozen=True)
class PromptOption:
    """`words` as `PromptReference` reads them."""

    words: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class PromptChoice:
    """One prompt with what may be chosen of it."""

    name: str
    options: list[PromptOption]


def prompt_choices(organization: Organization, chosen: str = "") -> list[PromptChoice]:
    """By name: labels first, then the newest numbers. `chosen` is among them, even
    where it is old. Three queries."""
    labels = PromptLabel.objects.select_related("prompt_version").defer(
        "prompt_version__text"
    )
    numbers = PromptVersion.objects.only("prompt_id", "number").order_by("-number")
    prompts = prompts_of(organization).prefetch_related(
        Prefetch("labels", labels), Prefetch("versions", numbers)
    )
    wanted = PromptReference.parse(chosen) if chosen else None
    found = [_choice(one, wanted) for one in prompts]
    names = {one.name for one in found}
    if wanted and wanted.name not in names:
        # Gone or archived: shown all the same, so that nothing changes unnoticed.
        option = PromptOption(str(wanted), str(wanted), is_chosen=True)
        found.append(PromptChoice(wanted.name, [option]))
    return found


def _choice(prompt: Prompt, wanted: PromptReference | None) -> PromptChoice:
    return PromptChoice(prompt.name, list(_options(prompt, wanted)))


def _options(prompt: Prompt, wanted: PromptReference | None) -> Iterator[PromptOption]:
    for label in prompt.labels.all():
        reference = PromptReference(prompt.name, label.name)
        text = f"{label.name}, now v{label.prompt_version.number}"
        yield PromptOption(str(reference), text, reference == wanted)
    numbers = [one.number for one in prompt.versions.all()]
    shown = numbers[:NEWEST]
    is_theirs = wanted is not None and wanted.name == prompt.name
    if is_theirs and wanted and wanted.number and wanted.number not in shown:
        shown.append(wanted.number)
    for number in shown:
        reference = PromptReference(prompt.name, "", number)
        newest = ", the newest" if number == numbers[0] else ""
        yield PromptOption(str(reference), f"v{number}{newest}", reference == wanted)
