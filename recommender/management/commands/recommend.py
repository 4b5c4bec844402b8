"""`modelhub recommend`: the best models for features and work, what was found and what
is decided about it, the optimal mix; and training and measuring of the router."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from recommender.console.answers import answer_to
from recommender.console.arguments import ACTIONS, add_recommend_arguments
from recommender.recommending.asked import AskedError
from recommender.routing.classifier import LABELS, WEIGHTS, shipped_classifier
from recommender.routing.evaluation import evaluate
from recommender.routing.evaluation_text import COLUMNS, document, lines, rows
from recommender.routing.outcome_files import read_outcomes
from recommender.routing.outcome_table import OutcomesRefused
from recommender.routing.training import (
    HELD_OUT,
    PROMPTS,
    Report,
    classifier_of,
    read_labelled,
    report_on,
    train,
    write_weights,
)
from recommender.services.recommendations import RecommendationRefused
from registry.console_table import table_text
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.services.packs import PackRefused, StalePack

DRY: Final = "Dry run: nothing was written."
WRONG_USAGE: Final = 2
REFUSALS: Final = (
    OrganizationUnclear,
    RecommendationRefused,
    PackRefused,
    StalePack,
)


class Command(BaseCommand):
    help = "Recommend models, decide what was found; train and measure the router."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        add_recommend_arguments(actions)
        training = actions.add_parser(
            "train", help="train the task classifier again and say how good it is"
        )
        training.add_argument("--dry-run", action="store_true", help="write no weights")
        training.add_argument("--json", action="store_true", help="print JSON")
        evaluating = actions.add_parser(
            "evaluate", help="measure a router on a table of outcomes by prompt"
        )
        evaluating.add_argument(
            "file", type=Path, help="CSV or JSON lines, also gzipped"
        )
        evaluating.add_argument("--strong", default="", help="the strong model")
        evaluating.add_argument("--weak", default="", help="the weak model")
        evaluating.add_argument(
            "--keep-first",
            action="store_true",
            help="of a prompt that is there twice take the first",
        )
        evaluating.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        action = options["action"]
        if action in ACTIONS:
            return self._answer(action, options)
        getattr(self, f"_{action}")(options)
        return None

    def _answer(self, action: str, options: dict[str, Any]) -> None:
        try:
            organization = chosen_organization(options["organization"])
            answer = answer_to(organization, action, options)
        except AskedError as error:
            raise CommandError(str(error), returncode=WRONG_USAGE) from error
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        if answer.problem:
            raise CommandError(answer.problem)
        if options["json"]:
            return self.stdout.write(json.dumps(answer.document, indent=2))
        return self.stdout.write(answer.text)

    def _train(self, options: dict[str, Any]) -> None:
        weights = train(read_labelled(PROMPTS))
        report = report_on(classifier_of(weights), read_labelled(HELD_OUT))
        if not options["dry_run"]:
            try:
                write_weights(weights, WEIGHTS)
            except OSError as error:
                raise CommandError(f"The weights cannot be written: {error}") from error
            shipped_classifier.cache_clear()
        if options["json"]:
            return self.stdout.write(json.dumps(report.document, indent=2))
        self.stdout.write("\n".join(_report_lines(report)))
        self.stdout.write(_confusion_table(report))
        if options["dry_run"]:
            self.stdout.write(DRY)
        return None

    def _evaluate(self, options: dict[str, Any]) -> None:
        try:
            table = read_outcomes(options["file"], keeps_first=options["keep_first"])
            found = evaluate(table, options["strong"], options["weak"])
        except OutcomesRefused as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            return self.stdout.write(json.dumps(document(found), indent=2))
        self.stdout.write("\n".join(lines(found)))
        self.stdout.write("")
        shown = table_text(COLUMNS, rows(found), right=COLUMNS[1:])
        return self.stdout.write(shown)


def _report_lines(report: Report) -> list[str]:
    ordinary = report.count - report.hard_count
    return [
        f"{report.right} of {report.count} held-out prompts are put right "
        f"({report.accuracy:.0%}):",
        f"  {report.ordinary_accuracy:.0%} of {ordinary} ordinary ones,",
        f"  {report.hard_accuracy:.0%} of {report.hard_count} hard ones.",
        f"Complexity is right in {report.complexity_accuracy:.0%}.",
    ]


def _confusion_table(report: Report) -> str:
    """A row for each true task, a column for each answer."""
    tasks = list(report.confusion)
    rows = [
        [LABELS[task], *(said.get(other, 0) for other in tasks)]
        for task, said in report.confusion.items()
    ]
    return table_text(("Is", *(LABELS[one] for one in tasks)), rows)
