"""Arguments of the command `features`, and how their text is read."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping, Sequence
from typing import Any, Final

from registry.capabilities import CAPABILITIES

ACTIONS: Final = {
    "list": "All features with the model that answers.",
    "show": "One feature with everything about its assignment.",
    "explain": "Who would answer now, and why, without a call.",
    "assign": "Give a feature a model.",
    "history": "Every revision of a feature's assignment.",
    "rollback": "Say again what an earlier revision said.",
}


def add_options(actions: Any) -> None:  # argparse keeps this type to itself
    for name, text in ACTIONS.items():
        parser = actions.add_parser(name, help=text, description=text)
        parser.add_argument(
            "--organization", metavar="SLUG", help="Default: the only one."
        )
        parser.add_argument("--json", action="store_true", help="One JSON document.")
        _add_own(parser, name)


def _add_own(parser: ArgumentParser, name: str) -> None:
    if name != "list":
        parser.add_argument("key", metavar="KEY", help="The feature's key.")
    if name == "explain":
        for option in ("--input-tokens", "--max-tokens"):
            parser.add_argument(option, type=tokens, metavar="N")
        parser.set_defaults(input_tokens=0)
        parser.add_argument("--profile", default="", help="Laid over the assignment.")
        parser.add_argument(
            "--capability",
            action="append",
            default=[],
            choices=list(CAPABILITIES),
            metavar="WORD",
            help="What the request needs, e.g. tools. Can be given several times.",
        )
    if name == "assign":
        _add_assignment(parser)
    if name == "rollback":
        parser.add_argument(
            "--to", metavar="N", type=int, help="Default: the revision before."
        )
    if name in {"assign", "rollback"}:
        parser.add_argument("--note", default="", help="Why; stands in the history.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say it, and change nothing."
        )


def _add_assignment(parser: ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="provider/model-id")
    parser.add_argument(
        "--fallback",
        metavar="MODEL",
        nargs="+",
        action="extend",
        default=[],
        help="In their order; without it the feature has none.",
    )
    parser.add_argument(
        "--prompt",
        metavar="PROMPT",
        help="NAME@label or NAME@number, as it is now; “none” takes it away. "
        "Default: as before.",
    )
    parser.add_argument(
        "--set",
        dest="parameters",
        metavar="NAME=VALUE",
        nargs="+",
        action="extend",
        type=parameter,
        default=[],
        help="Parameters, e.g. temperature=0.4; others stay. Without a value it "
        "is taken away; stop can be given several times.",
    )


def tokens(text: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 12 else 0
    if number < 1:
        raise ArgumentTypeError("a whole number of tokens from 1 on, please")
    return number


def parameter(text: str) -> tuple[str, str | float]:
    """`temperature=0.4` as a name and a value. Raises ArgumentTypeError."""
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise ArgumentTypeError(f"{text[:40]!r}: write NAME=VALUE.")
    if name == "stop":
        return name, value
    try:
        return name, float(value)
    except ValueError:
        return name, value


def with_parameters(
    before: Mapping[str, Any], said: Sequence[tuple[str, str | float]]
) -> dict[str, Any]:
    """`before` with what was said. A value that is empty takes one away."""
    found = dict(before)
    stops = [value for name, value in said if name == "stop"]
    for name, value in said:
        found[name] = [one for one in stops if one] if name == "stop" else value
    return {name: value for name, value in found.items() if value not in ("", [])}
