"""The console command `modelhub`: Django's commands on top of the embedded parts.

Exit codes: 0 done, 1 failed with one clear line on standard error, 2 wrong usage.
"""

import difflib
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack

import django
from django.core.management import CommandError, ManagementUtility, get_commands

import modelhub
from modelhub.embedded.layout import Layout
from modelhub.embedded.postgres import embedded_database
from modelhub.env import env_text
from modelhub.failures import sentence_for

WITHOUT_DATABASE = {
    "check",
    "completion",
    "collectstatic",
    "diffsettings",
    "findstatic",
    "help",
    "serve",
    "version",
}
"""`serve` starts the database itself, together with the broker."""
PAST_THE_POOLER = {"backup", "dbshell", "flush", "migrate", "restore"}
OUR_APPS = {"registry", "analytics", "recommender", "modelhub"}
INTERRUPTED = 130


def main() -> None:
    sys.exit(run(sys.argv))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "modelhub.settings")
    if arguments[1:2] == ["--version"]:
        sys.stdout.write(f"ModelHub {modelhub.__version__}\n")
        return 0
    try:
        return run_command(list(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has seen enough (`modelhub … | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        sentence = sentence_for(error)
        if sentence is None or "--traceback" in arguments:
            raise
        say_line(f"modelhub: {sentence}")
        return error.returncode if isinstance(error, CommandError) else 1


def run_command(arguments: list[str]) -> int:
    layout = Layout.from_environment()
    if not env_text("SECRET_KEY"):
        layout.ensure_secret_key()
    if not env_text("MODELHUB_ENCRYPTION_KEYS"):
        layout.ensure_encryption_keys()
    # Here, so that a mistake in the environment is reported as such: Django would go
    # on with its own commands and call ours unknown.
    django.setup()
    name = arguments[1] if len(arguments) > 1 else "help"
    if not is_known(name):
        return 2
    with ExitStack() as parts:
        if needs_database(name, arguments):
            parts.enter_context(embedded_database(layout, say=say_line))
        is_plain = name.startswith("-") or name in {"help", "version"}
        spoken = arguments if is_plain else with_our_options(name, arguments)
        parts.enter_context(coming_from_console(name))
        if name in PAST_THE_POOLER:
            parts.enter_context(past_the_pooler())
        ManagementUtility(spoken).execute()
    return 0


def coming_from_console(name: str) -> AbstractContextManager[None]:
    # These need Django's settings, which are there only now.
    from modelhub.origin import console_origin
    from registry.origin import coming_from

    return coming_from(console_origin(name))


def past_the_pooler() -> AbstractContextManager[None]:
    from registry.direct_connection import all_direct

    return all_direct()


def with_our_options(name: str, arguments: list[str]) -> list[str]:
    """With --traceback Django hands its errors on instead of printing them, so that
    all of them are told in one way, in `run`. Checking the whole project would take
    longer than most of our commands: `serve`, `check` and `migrate` do it."""
    options = ["--traceback"]
    if get_commands().get(name) in OUR_APPS and name not in WITHOUT_DATABASE:
        options.append("--skip-checks")
    return [*arguments[:2], *options, *arguments[2:]]


def needs_database(name: str, arguments: Sequence[str]) -> bool:
    if {"-h", "--help"} & set(arguments):
        return False
    return name not in WITHOUT_DATABASE and not name.startswith("-")


def is_known(name: str) -> bool:
    """Whether there is such a command; says so if not."""
    names = [*get_commands(), "help", "version"]
    if name in names or name.startswith("-"):
        return True
    close = difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    say_line(f"modelhub: There is no command {name!r}.{hint} See `modelhub help`.")
    return False


def say_line(text: str) -> None:
    sys.stderr.write(f"{text}\n")
