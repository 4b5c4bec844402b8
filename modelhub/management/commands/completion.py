"""`modelhub completion`: a script that completes commands and options in a shell."""

from argparse import ArgumentParser
from typing import Any, Final

import shtab
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

PROGRAM: Final = "modelhub"
OURS: Final = ("modelhub", "registry", "analytics", "recommender")
OTHERS: Final = ("migrate", "check", "shell", "createsuperuser")
"""Commands of Django that people who run ModelHub need."""
HINT: Final = """\
Print a script that completes commands and options.

  bash:  modelhub completion bash > ~/.local/share/bash-completion/completions/modelhub
  zsh:   modelhub completion zsh > a folder of $fpath, as _modelhub
  fish:  modelhub completion fish > ~/.config/fish/completions/modelhub.fish
"""


class Command(BaseCommand):
    help = "Print a script for completion in bash, zsh, fish or tcsh."
    requires_system_checks: list[str] = []  # noqa: RUF012  # Django's own way

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.description = HINT
        parser.add_argument("shell", choices=("bash", "zsh", "fish", "tcsh"))

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(shtab.complete(whole_parser(), shell=options["shell"]))


def whole_parser() -> ArgumentParser:
    """All commands as the subcommands of one parser."""
    parser = ArgumentParser(prog=PROGRAM, description="ModelHub")
    parser.add_argument("--version", action="store_true", help="Print the version.")
    commands = parser.add_subparsers(dest="command")
    apps = get_commands()
    for name in sorted(one for one, app in apps.items() if _is_shown(one, app)):
        command = load_command_class(str(apps[name]), name)
        known = commands.add_parser(name, help=str(command.help), add_help=False)
        _take_over(known, command.create_parser(PROGRAM, name))
    return parser


def _is_shown(name: str, app: object) -> bool:
    return str(app) in OURS or name in OTHERS


def _take_over(known: ArgumentParser, real: ArgumentParser) -> None:
    """argparse makes its subparsers itself, and Django makes its own."""
    for action in real._actions:
        known._add_action(action)
