"""What went wrong, in one sentence, for the failures that a person can mend."""

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from psycopg import errors

from modelhub.database import database_label
from modelhub.embedded.failure import EmbeddedError

NOT_MIGRATED = (errors.UndefinedTable, errors.UndefinedColumn)


def sentence_for(error: BaseException) -> str | None:
    """One clear sentence, or None for what only a developer can mend."""
    if isinstance(error, CommandError | EmbeddedError | ImproperlyConfigured):
        return str(error)
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, OperationalError | InterfaceError):
        return database_sentence(error)
    if isinstance(error, ProgrammingError) and isinstance(
        error.__cause__, NOT_MIGRATED
    ):
        return "The database is behind this version; run `modelhub migrate` first."
    if isinstance(error, PermissionError):
        return f"No permission for {error.filename}; start as its owner."
    return None


def database_sentence(error: BaseException) -> str:
    label = database_label(dict(connection.settings_dict))
    return f"The database {label} cannot be used: {reason_of(error)}."


def reason_of(error: BaseException) -> str:
    """The driver's own words without its preamble: `Connection refused`."""
    text = str(error).strip() or type(error).__name__
    for preamble in ("FATAL:", " failed: "):
        if preamble in text:
            text = text.rsplit(preamble, 1)[1]
            break
    return text.strip().splitlines()[0].rstrip(".")
