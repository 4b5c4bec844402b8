"""Arguments of the command `packs`."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, Final

from registry.command_arguments import moment

ACTIONS: Final = {
    "list": "All packs with what speaks against each.",
    "current": "Which pack is active, and what has an assignment of its own.",
    "show": "What a version of a pack says.",
    "diff": "What switching to a pack would change, and what a month would cost.",
    "switch": "Give every feature what a pack says, at once.",
    "rollback": "Take back the last switch.",
    "create": "Make a pack: from nothing but a file, from what is assigned now, from "
    "another pack, or one that comes with ModelHub.",
    "import": "A pack from a file: a new one, or a new version of the one it names.",
    "export": "A version of a pack as YAML or JSON.",
    "load": "Read the address of a pack now.",
    "schedule": "Switch at a time, or when a share of the budget is spent.",
    "history": "Every switch and roll-back.",
    "archive": "Hide a pack.",
    "restore": "Take an archived pack back.",
    "help": "What each action is for.",
}
WRITES: Final = frozenset(
    {"switch", "rollback", "create", "import", "load", "schedule", "archive"}
    | {"restore"}
)
ABOUT_ONE: Final = frozenset(
    {"show", "diff", "switch", "create", "export", "load", "archive", "restore"}
)
VERSIONED: Final = frozenset({"show", "diff", "switch", "export"})


def add_pack_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in ACTIONS.items():
        one = actions.add_parser(name, help=text, description=text)
        _common(one, name)
        more = OPTIONS.get(name)
        if more:
            more(one)


def _common(parser: ArgumentParser, name: str) -> None:
    parser.add_argument("--organization", metavar="SLUG", help="Default: the only one.")
    parser.add_argument("--json", action="store_true", help="One JSON document.")
    if name in ABOUT_ONE:
        parser.add_argument("slug", metavar="PACK", help="The slug of a pack.")
    if name in VERSIONED:
        parser.add_argument(
            "--version",
            dest="number",
            type=_number,
            metavar="N",
            help="Default: the newest.",
        )
    if name in WRITES:
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would be; change nothing."
        )


def _list(parser: ArgumentParser) -> None:
    parser.add_argument("--archived", action="store_true", help="Archived ones only.")


def _comparison(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--keep",
        metavar="FEATURE",
        nargs="+",
        action="extend",
        default=[],
        help="Features that stay as they are.",
    )
    parser.add_argument(
        "--enable-models", action="store_true", help="Enable the models it needs."
    )
    parser.add_argument(
        "--create-features",
        action="store_true",
        help="Make the features that it names and that are missing.",
    )


def _diff(parser: ArgumentParser) -> None:
    _comparison(parser)
    parser.add_argument("--all", action="store_true", help="Unchanged features too.")
    parser.add_argument(
        "--assume",
        type=_workload,
        metavar="REQUESTS:IN:OUT",
        help="A month of calls for features without use yet, e.g. 1000:800:300.",
    )


def _switch(parser: ArgumentParser) -> None:
    _comparison(parser)
    _force(parser)
    parser.add_argument("--note", default="", help="Why; stands in the history.")


def _force(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--force",
        metavar="REASON",
        default="",
        help="Leave features that cannot be served, and do the rest.",
    )


def _create(parser: ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--file", metavar="FILE", help="YAML or JSON; - is standard input."
    )
    source.add_argument("--current", action="store_true", help="What is assigned now.")
    source.add_argument("--copy", metavar="PACK", help="What another pack says.")
    source.add_argument(
        "--ready-made",
        action="store_true",
        help="The pack of this name that comes with ModelHub.",
    )
    parser.add_argument("--name", default="", help="Default: made of the slug.")
    parser.add_argument("--description", default="")
    parser.add_argument(
        "--source-url", default="", metavar="URL", help="Load it from here each hour."
    )
    parser.add_argument(
        "--features", action="store_true", help="Add the example features too."
    )


def _import(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="YAML or JSON; - is standard input."
    )


def _export(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=["yaml", "json"], default="yaml")
    parser.add_argument("--output", metavar="FILE", help="Default: standard output.")


def _schedule(parser: ArgumentParser) -> None:
    parser.add_argument("slug", metavar="PACK", nargs="?", help="Without: what waits.")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--at", type=moment, metavar="TIME", help="2026-12-01T02:00Z")
    when.add_argument(
        "--budget", type=_number, metavar="PERCENT", help="Of the month's limits."
    )
    when.add_argument("--cancel", type=_number, metavar="ID", help="See the list.")
    _comparison(parser)


OPTIONS: Final[dict[str, Any]] = {  # name → what adds its options
    "list": _list,
    "diff": _diff,
    "switch": _switch,
    "rollback": _force,
    "create": _create,
    "import": _import,
    "export": _export,
    "schedule": _schedule,
}


def _number(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    if number < 1:
        raise ArgumentTypeError("a whole number from 1 on, please")
    return number


def _workload(text: str) -> tuple[int, int, int]:
    parts = text.split(":")
    if len(parts) != 3 or not all(one.isdecimal() and len(one) < 10 for one in parts):
        raise ArgumentTypeError("write requests:input tokens:output tokens, please")
    requests, tokens_in, tokens_out = map(int, parts)
    if requests < 1:
        raise ArgumentTypeError("at least one request, please")
    return requests, tokens_in, tokens_out
