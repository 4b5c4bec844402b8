"""Arguments of the command `prompts`."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, Final

from registry.prompts.naming import LARGEST_NUMBER, PRODUCTION
from registry.prompts.template import Variable

ACTIONS: Final = {
    "list": "All prompts with their labels and the features that use them.",
    "show": "One prompt: its text, variables, versions, labels, users.",
    "create": "A new prompt with its first version.",
    "edit": "A new version, or another description.",
    "label": "Move a label to a version, or take it away.",
    "rollback": "Put a label back to where it was before.",
    "diff": "What differs between two versions.",
    "render": "The text with values, as a model would get it.",
    "archive": "Take a prompt out of lists and away from programs.",
    "restore": "Take an archived prompt back.",
    "starting": "Add the starting texts that are not here yet.",
    "export": "Write prompts with all versions to a file or to standard output.",
    "import": "Read prompts from a file of JSON or YAML.",
}
READS: Final = frozenset({"list", "show", "diff", "render", "export"})
WITHOUT_NAME: Final = frozenset({"list", "starting", "export", "import"})


def add_options(actions: Any) -> None:  # argparse keeps this type to itself
    for action, text in ACTIONS.items():
        parser = actions.add_parser(action, help=text, description=text)
        parser.add_argument("--organization", metavar="SLUG", help="The only one.")
        parser.add_argument("--json", action="store_true", help="One JSON document.")
        if action not in READS:
            parser.add_argument(
                "--dry-run", action="store_true", help="Say it, and change nothing."
            )
        if action in {"show", "render"}:
            help_text = "NAME, NAME@label or NAME@number; alone: @production."
            parser.add_argument("name", metavar="PROMPT", help=help_text)
        elif action not in WITHOUT_NAME:
            parser.add_argument("name", metavar="NAME")
        _add_own(parser, action)


def _add_own(parser: ArgumentParser, action: str) -> None:
    if action in {"create", "edit"}:
        _add_writing(parser)
    if action == "create":
        parser.add_argument("--label", default=PRODUCTION, help="Empty: none.")
    if action == "label":
        parser.add_argument("label", metavar="LABEL")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("version", metavar="N", nargs="?", type=version)
        where.add_argument("--remove", action="store_true")
    if action == "rollback":
        parser.add_argument("label", metavar="LABEL", nargs="?", default=PRODUCTION)
    if action in {"label", "rollback"}:
        parser.add_argument("--note", default="", help="Why; stands in the history.")
    if action == "diff":
        parser.add_argument("old", metavar="OLD", nargs="?", help="Number or label.")
        parser.add_argument("new", metavar="NEW", nargs="?", help="Default: latest.")
    if action == "render":
        parser.add_argument(
            "--set",
            dest="values",
            type=pair,
            action="append",
            default=[],
            metavar="NAME=VALUE",
        )
    _add_more(parser, action)


def _add_more(parser: ArgumentParser, action: str) -> None:
    if action == "list":
        parser.add_argument("words", metavar="WORD", nargs="*", help="Only such.")
        parser.add_argument("--archived", action="store_true")
    if action == "export":
        parser.add_argument("names", metavar="NAME", nargs="*", help="Default: all.")
        parser.add_argument("--format", choices=["json", "yaml"], default="yaml")
        parser.add_argument("--file", metavar="FILE", help="Default: standard output.")
    if action == "import":
        parser.add_argument("file", metavar="FILE", help="- is standard input.")


def _add_writing(parser: ArgumentParser) -> None:
    text = parser.add_mutually_exclusive_group()
    text.add_argument("--text", help="What it says.")
    text.add_argument("--file", metavar="FILE", help="Its text; - is standard input.")
    parser.add_argument(
        "--variable",
        type=variable,
        action="append",
        default=[],
        metavar="NAME[=DEFAULT]",
        help="Declare a variable: required, or with a default.",
    )
    parser.add_argument("--description", metavar="TEXT")
    parser.add_argument("--note", default="", help="Why; stands beside the version.")


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise ArgumentTypeError("write NAME=VALUE")
    return name.strip(), value


def variable(text: str) -> Variable:
    name, equals, default = text.partition("=")
    return Variable(name.strip(), "", default if equals else None)


def version(text: str) -> int:
    digits = text.removeprefix("v")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 10:
        raise ArgumentTypeError(f"{text[:20]!r} is no number of a version")
    return min(int(digits), LARGEST_NUMBER)
