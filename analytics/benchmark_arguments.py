"""Arguments of the command `benchmarks`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Final

from analytics.benchmarking.suite_files import ENCODINGS, FORMATS

ACTIONS: Final = {
    "list": "All suites with their cases and latest runs.",
    "show": "One suite and its cases.",
    "import": "Cases from a file: JSON lines, CSV or YAML.",
    "export": "A suite as JSON lines, CSV or YAML.",
    "install": "Suites that come with ModelHub: accuracy, speed, cost, vision.",
    "run": "Ask models the cases of a suite; see also --wait and --fail-under.",
    "status": "How far a run is.",
    "pause": "Ask nothing more for now.",
    "resume": "Go on with a run that is paused.",
    "cancel": "End a run for good; what was answered stays.",
}
WRITES: Final = frozenset({"import", "install"})
"""Actions that take --dry-run."""


def add_benchmark_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in ACTIONS.items():
        one = actions.add_parser(name, help=text, description=text)
        one.add_argument(
            "--organization", metavar="SLUG", help="Default: the only one."
        )
        one.add_argument("--json", action="store_true", help="One JSON document.")
        if name in WRITES:
            one.add_argument(
                "--dry-run",
                action="store_true",
                help="Say what would be; change nothing.",
            )
        more = OPTIONS.get(name)
        if more:
            more(one)


def _list(parser: ArgumentParser) -> None:
    parser.add_argument("--archived", action="store_true", help="Archived ones only.")


def _suite(parser: ArgumentParser) -> None:
    parser.add_argument("suite", metavar="SUITE", help="The key of a suite.")


def _import(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="A file; - is standard input.")
    parser.add_argument(
        "--suite",
        metavar="KEY",
        help="The suite it goes into; made where there is none. Default: what the file "
        "says, else one named after the file.",
    )
    parser.add_argument("--format", choices=sorted(FORMATS), help="Default: by name.")
    parser.add_argument("--encoding", choices=sorted(ENCODINGS), help="Default: UTF-8.")
    parser.add_argument("--delimiter", metavar="SIGN", help="Of CSV; found out.")
    parser.add_argument(
        "--keep-good", action="store_true", help="Take in the rest of a wrong file."
    )
    parser.add_argument(
        "--remove-missing",
        action="store_true",
        help="Take away cases that the file does not have.",
    )


def _export(parser: ArgumentParser) -> None:
    _suite(parser)
    parser.add_argument("--format", choices=sorted(FORMATS), help="Default: jsonl.")
    parser.add_argument("--output", metavar="FILE", help="Default: standard output.")


def _install(parser: ArgumentParser) -> None:
    parser.add_argument("suites", metavar="SUITE", nargs="*", help="Default: all.")


def _run(parser: ArgumentParser) -> None:
    _suite(parser)
    parser.add_argument(
        "--models",
        action="append",
        required=True,
        metavar="PROVIDER/MODEL,…",
        help="Models to ask, with commas between; may be given again.",
    )
    parser.add_argument("--repetitions", type=int, default=1, help="Of each case.")
    parser.add_argument(
        "--concurrency", type=int, default=4, help="Calls at once at a connection."
    )
    parser.add_argument("--limit", metavar="USD", help="Pause before it costs more.")
    parser.add_argument(
        "--ignore-budgets",
        action="store_true",
        help="Start although a budget has less left than the run may cost.",
    )
    parser.add_argument("--wait", action="store_true", help="Until the run is over.")
    parser.add_argument(
        "--fail-under",
        type=float,
        metavar="SCORE",
        help="With --wait: fail where a model's score (0 to 1) is lower.",
    )


def _number(parser: ArgumentParser) -> None:
    parser.add_argument("number", type=int, metavar="RUN", help="Its number.")


def _resume(parser: ArgumentParser) -> None:
    _number(parser)
    parser.add_argument("--limit", metavar="USD", help="A new limit.")


OPTIONS: Final = {
    "list": _list,
    "show": _suite,
    "import": _import,
    "export": _export,
    "install": _install,
    "run": _run,
    "status": _number,
    "pause": _number,
    "resume": _resume,
    "cancel": _number,
}
