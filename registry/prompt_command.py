"""What the command `prompts` reads and tells."""

import sys
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError

from registry.models import Prompt, PromptVersion
from registry.prompts.naming import PRODUCTION, PromptReference
from registry.prompts.template import MAX_TEXT_BYTES, Template, Variable
from registry.queries.prompts import (
    declared,
    features_in_force,
    label_of,
    labels_of,
    latest_version,
    version_of,
    versions_of,
)

ACTOR: Final = "modelhub prompts"
Options = dict[str, Any]


def shown_version(
    prompt: Prompt, reference: PromptReference, *, is_named: bool
) -> PromptVersion:
    """What is in production, or the newest where nothing is and nothing was named."""
    if not is_named and label_of(prompt, PRODUCTION) is None:
        return latest_version(prompt)
    return version_of(prompt, reference)


def named_version(prompt: Prompt, which: str) -> PromptVersion:
    return version_of(prompt, PromptReference.parse(f"{prompt.name}@{which}"))


def label_facts(prompt: Prompt, options: Options) -> Options:
    current = label_of(prompt, options["label"])
    return {
        "label": options["label"],
        "note": options["note"],
        "actor": None,
        "actor_label": ACTOR,
        "expected_moves": current.moves if current else 0,
    }


def kept_variables(
    newest: PromptVersion, text: str, stated: list[Variable]
) -> list[Variable]:
    """Those of the newest version that stand in the text, with what was stated."""
    used = Template.of(text).names
    said = {one.name: one for one in stated}
    kept = [
        said.pop(one.name, one)
        for one in declared(newest)
        if one.name in used or one.name in said
    ]
    return [*kept, *said.values()]


def text_from(options: Options) -> str | None:
    if options["file"] is None:
        text: str | None = options["text"]
        return text
    content = content_of(options["file"], MAX_TEXT_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{options['file']} is not UTF-8 text.") from error


def content_of(name: str, most: int) -> bytes:
    """One byte more than allowed at most, so that the excess is noticed."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(name).open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}."
        raise CommandError(message) from error


def prompt_document(prompt: Prompt, version: PromptVersion) -> Options:
    return {
        "name": prompt.name,
        "description": prompt.description,
        "is_archived": prompt.archived_at is not None,
        "version": version.number,
        "latest": latest_version(prompt).number,
        "text": version.text,
        "variables": [one.as_json() for one in declared(version)],
        "labels": {one.name: one.prompt_version.number for one in labels_of(prompt)},
        "used_by": {
            one.feature.key: one.prompt_version.number
            for one in features_in_force(prompt)
            if one.prompt_version
        },
        "versions": [
            {
                "number": one.number,
                "note": one.note,
                "by": one.actor_label,
                "at": one.created_at.isoformat(),
            }
            for one in versions_of(prompt).defer("text")
        ],
    }
