"""Arguments of the command `config`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Final

ACTIONS: Final = {
    "export": "Everything that was decided, as one file without secrets.",
    "import": "Read one file, show what would change, ask, and apply it.",
    "validate": "Everything that is wrong in files or a folder, with file and line.",
    "diff": "What differs between two files, or between a file and what is here.",
    "plan": "What applying files or a folder would change, and its fingerprint.",
    "apply": "Make it so, all of it or nothing.",
}
SECTION_HELP: Final = "Only these sections, with commas between."


def add_config_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in ACTIONS.items():
        one = actions.add_parser(name, help=text, description=text)
        one.add_argument(
            "--organization", metavar="SLUG", help="Default: the only one."
        )
        one.add_argument("--json", action="store_true", help="One JSON document.")
        for add in OPTIONS[name]:
            add(one)


def _export(parser: ArgumentParser) -> None:
    parser.add_argument("--only", metavar="SECTIONS", default="", help=SECTION_HELP)
    parser.add_argument("--format", choices=["yaml", "json"], default="yaml")
    parser.add_argument("--output", metavar="FILE", help="Default: standard output.")


def _files(parser: ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="JSON or YAML, a later one wins; - is standard input. Default: a folder.",
    )
    parser.add_argument(
        "--folder", metavar="FOLDER", help="Default: MODELHUB_CONFIG, or config/."
    )
    parser.add_argument(
        "--profile",
        metavar="NAME",
        default="",
        help="user_profiles/NAME wins over all.",
    )


def _one_file(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="JSON or YAML; - is input.")
    parser.add_argument(
        "--yes", action="store_true", help="Do not ask; needed without a terminal."
    )
    parser.add_argument(
        "--upgrade-to",
        metavar="FILE",
        help="Write an old shape in the form of today, and apply nothing.",
    )


def _two_files(parser: ArgumentParser) -> None:
    parser.add_argument("a", metavar="A", help="A file; - is standard input.")
    parser.add_argument("b", metavar="B", nargs="?", help="Default: what is here.")


def _prune(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--prune",
        action="store_true",
        help="Take away what the files do not name, in the sections that they have.",
    )


def _all(parser: ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="What stays the same too.")


def _dry(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", action="store_true", help="Say what would be; change nothing."
    )


def _expect(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--expect",
        metavar="FINGERPRINT",
        default="",
        help="Of the plan that you saw; refused where it is another one by now.",
    )


OPTIONS: Final[dict[str, Iterable[Callable[[ArgumentParser], None]]]] = {
    "export": (_export,),
    "import": (_one_file, _prune, _dry),
    "validate": (_files,),
    "diff": (_two_files, _all),
    "plan": (_files, _prune, _all),
    "apply": (_files, _prune, _expect, _dry),
}
