"""Arguments of `modelhub recommend`, but for those of the router."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Final

from recommender.forms.mix import GOALS
from recommender.forms.recommendations import EVIDENCE, STATES
from recommender.models import RecommendationKind, RecommendationState
from recommender.recommending.feature_use_case import BY_KEY
from recommender.services.recommendations import SNOOZE_DAYS
from registry.capabilities import CAPABILITIES

ACTIONS: Final = {
    "look": "Judge every feature now and keep what is found.",
    "features": "All features and what is proposed, or one's candidates.",
    "use-case": "The best models for a kind of work.",
    "budget": "The best models within a budget.",
    "list": "Recommendations that were found, the most urgent first.",
    "apply": "Assign the proposed model.",
    "undo": "Take an applied recommendation back.",
    "snooze": "Put a recommendation off.",
    "dismiss": "Decline a recommendation, with a reason.",
    "reopen": "Take a snooze or a dismissal back.",
    "mix": "A model for every feature at once; can be saved as a pack.",
}
DECISIONS: Final = ("apply", "undo", "snooze", "dismiss", "reopen")
SHOWN: Final = 10


def add_recommend_arguments(actions: Any) -> None:
    """`actions` are the subparsers of the command."""
    for name, text in ACTIONS.items():
        one = actions.add_parser(name, help=text, description=text)
        one.add_argument(
            "--organization", metavar="SLUG", help="Default: the only one."
        )
        one.add_argument("--json", action="store_true", help="Print one JSON document.")
        if name in (*DECISIONS, "mix", "look"):
            one.add_argument(
                "--dry-run",
                action="store_true",
                help="Say what would be; change nothing.",
            )
        if name in DECISIONS:
            one.add_argument("id", type=int, metavar="ID", help="See `recommend list`.")
        if name in OPTIONS:
            OPTIONS[name](one)


def _features(parser: ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", metavar="KEY", help="One feature.")
    parser.add_argument("--use-case", default="", choices=["", *BY_KEY], metavar="NAME")
    _any_model(parser)
    _limit(parser)


def _use_case(parser: ArgumentParser) -> None:
    parser.add_argument("use_case", choices=list(BY_KEY), metavar="USE_CASE")
    _work(parser)


def _budget(parser: ArgumentParser) -> None:
    parser.add_argument("usd", metavar="USD", help="A month; 0 leaves the free models.")
    parser.add_argument("--use-case", default="chat", choices=list(BY_KEY))
    _work(parser)


def _work(parser: ArgumentParser) -> None:
    whole = {"type": int, "metavar": "N"}
    parser.add_argument("--requests", default=10_000, help="A month.", **whole)  # type: ignore[arg-type]  # two kinds in one mapping
    parser.add_argument("--input-tokens", default=1_000, **whole)  # type: ignore[arg-type]
    parser.add_argument("--output-tokens", default=300, **whole)  # type: ignore[arg-type]
    parser.add_argument(
        "--cache-share", type=float, default=0.0, metavar="SHARE", help="0 to 1."
    )
    parser.add_argument(
        "--capability", action="append", default=[], choices=list(CAPABILITIES)
    )
    parser.add_argument("--provider", action="append", default=[], metavar="SLUG")
    parser.add_argument("--min-context-tokens", **whole)  # type: ignore[arg-type]
    parser.add_argument("--most-latency-ms", type=float, metavar="MS")
    parser.add_argument("--least-quality", type=float, metavar="POINTS")
    _any_model(parser)
    _limit(parser)


def _any_model(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--any-model", action="store_true", help="Those that are not enabled, too."
    )


def _limit(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--limit", type=int, default=SHOWN, metavar="N", help="(%(default)s)"
    )


def _list(parser: ArgumentParser) -> None:
    states = [value for value, _ in STATES]
    parser.add_argument("--state", default=RecommendationState.OPEN, choices=states)
    parser.add_argument("--kind", default="", choices=["", *RecommendationKind.values])
    parser.add_argument(
        "--evidence", default="", choices=["", *(value for value, _ in EVIDENCE)]
    )
    parser.add_argument("--words", default="", help="Of a feature or a model.")


def _snooze(parser: ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=SNOOZE_DAYS[0], choices=SNOOZE_DAYS)


def _dismiss(parser: ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, metavar="TEXT")


def _mix(parser: ArgumentParser) -> None:
    """As on the page, under the names of its form."""
    goals = [value for value, _ in GOALS]
    parser.add_argument("--goal", default=goals[0], choices=goals)
    parser.add_argument("--budget", default="", metavar="USD", help="A month.")
    parser.add_argument(
        "--loss",
        default="5",
        metavar="POINTS",
        help="Of quality that a feature may lose (%(default)s); any: no limit.",
    )
    parser.add_argument("--floor", default="", metavar="POINTS", help="Of quality.")
    parser.add_argument("--latency", default="", metavar="MS")
    parser.add_argument("--changes", default="", metavar="N")
    parser.add_argument("--providers", default="", metavar="N")
    parser.add_argument(
        "--provider-limit",
        action="append",
        default=[],
        metavar="SLUG=USD",
        help="A month; 0 shuts it out.",
    )
    parser.add_argument("--least-saving", default="", metavar="USD")
    parser.add_argument(
        "--tested", action="store_true", help="Only what is shown to be no worse."
    )
    parser.add_argument("--save", default="", metavar="NAME", help="As a pack.")


OPTIONS: Final = {
    "features": _features,
    "use-case": _use_case,
    "budget": _budget,
    "list": _list,
    "snooze": _snooze,
    "dismiss": _dismiss,
    "mix": _mix,
}
