"""Typed readers of environment variables: a bad value fails at start, by name."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def env_text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that NAME_FILE points to."""
    if name in os.environ:
        return os.environ[name].strip()
    file_name = os.environ.get(f"{name}_FILE")
    if not file_name:
        return default
    try:
        return Path(file_name).read_text().strip()
    except OSError as error:
        message = f"{name}_FILE={file_name} cannot be read: {error.strerror}."
        raise ImproperlyConfigured(message) from error


def env_bool(name: str, *, default: bool = False) -> bool:
    word = env_text(name, str(default)).lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    message = f"{name}={word!r} is not a yes or no (use 1 or 0)."
    raise ImproperlyConfigured(message)


def env_int(name: str, default: int) -> int:
    word = env_text(name, str(default))
    try:
        return int(word)
    except ValueError as error:
        message = f"{name}={word!r} is not a whole number."
        raise ImproperlyConfigured(message) from error


def env_choice(name: str, choices: Sequence[str]) -> str:
    """One of `choices`; the first where the variable is not set."""
    word = env_text(name, choices[0]).lower()
    if word in choices:
        return word
    message = f"{name}={word!r} is none of {', '.join(choices)}."
    raise ImproperlyConfigured(message)


def env_list(name: str, default: str = "") -> list[str]:
    return list_of(env_text(name, default))


def list_of(text: str) -> list[str]:
    """The parts between commas or, as a file may hold them, one a line."""
    return [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
