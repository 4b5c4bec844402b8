"""Arguments of the command `probes`."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Final

from analytics.probes.kinds import KINDS
from analytics.services.capability_probes import LIMIT_TOKENS

ACTIONS: Final = {
    "run": "Ask a model at a connection what it really can do.",
    "show": "What is known of a model: documented against verified.",
    "list": "Every probed model at each connection.",
}
WAIT_S: Final = 1_800
LONGEST_WAIT_S: Final = 86_400


def add_probe_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in ACTIONS.items():
        one = actions.add_parser(name, help=text, description=text)
        one.add_argument(
            "--organization", metavar="SLUG", help="Default: the only one."
        )
        one.add_argument("--json", action="store_true", help="One JSON document.")
        if name == "list":
            continue
        one.add_argument("model", help="provider/model-id, or an alias of one.")
        one.add_argument(
            "--connection",
            metavar="LABEL",
            default="",
            help="The label or the number of a connection. Default: "
            + ("the first of its provider." if name == "run" else "all."),
        )
        if name == "run":
            _run(one)


def _run(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--capabilities",
        type=_names,
        default=list(KINDS),
        metavar="A,B",
        help=f"Of {', '.join(KINDS)}. Default: all.",
    )
    parser.add_argument(
        "--limit-tokens",
        type=int,
        default=LIMIT_TOKENS,
        metavar="N",
        help=f"Most input for the long context; default {LIMIT_TOKENS:,}.",
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        help="Wait for the findings. Exit code 1: something failed; 3: something is "
        "not clear.",
    )
    parser.add_argument(
        "--timeout-s",
        type=_seconds,
        default=WAIT_S,
        metavar="N",
        help=f"Wait so long at most; default {WAIT_S:,}.",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="Say what it costs; ask nothing."
    )


def _names(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _seconds(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= LONGEST_WAIT_S:
        message = f"{text[:40]!r} is no time from 1 to {LONGEST_WAIT_S:,} s."
        raise ArgumentTypeError(message)
    return int(text)
