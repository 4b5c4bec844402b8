"""`modelhub experiments`: what runs, on the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from recommender.experiment_document import experiment_document
from recommender.models import Experiment, ExperimentArm
from recommender.services.experiment_changes import ExperimentRefused, Said
from recommender.services.experiment_promotion import promote
from recommender.services.experiment_running import pause, resume, start, stop
from registry.console_table import table_text
from registry.models import Organization
from registry.queries.organizations import OrganizationUnclear, chosen_organization

ACTOR: Final = "modelhub experiments"
ACTIONS: Final = {
    "list": "Every experiment, the newest first.",
    "show": "One experiment: its arms, what they did, and what happened.",
    "start": "Let a draft decide about traffic, or a paused one go on.",
    "pause": "Give all traffic back to the assignment for now.",
    "stop": "End it and keep the control.",
    "promote": "Assign an arm to the feature and end the experiment.",
}
WITH_REASON: Final = frozenset({"pause", "stop"})
COLUMNS: Final = ("Experiment", "Feature", "Kind", "State", "Candidate", "Started")
ARM_COLUMNS: Final = ("Arm", "Model", "Share", "Requests", "Answered", "Cost")


class Command(BaseCommand):
    help = "List experiments and show one; start, pause, stop and promote them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for name, text in ACTIONS.items():
            one = actions.add_parser(name, help=text, description=text)
            one.add_argument(
                "--organization", metavar="SLUG", help="Default: the only one."
            )
            one.add_argument("--json", action="store_true", help="One JSON document.")
            if name != "list":
                one.add_argument("slug", metavar="SLUG", help="See `experiments list`.")
            if name in WITH_REASON:
                one.add_argument("--reason", default="", help="Shown on its page.")
            if name == "promote":
                one.add_argument("--arm", default="", help="Default: the only one.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = chosen_organization(options["organization"])
            if options["action"] == "list":
                return self._list(organization, options)
            experiment = _experiment(organization, options["slug"])
            if options["action"] != "show":
                _do(experiment, options)
                experiment.refresh_from_db()
            return self._show(experiment, options)
        except (OrganizationUnclear, ExperimentRefused) as error:
            raise CommandError(str(error)) from error

    def _list(self, organization: Organization, options: dict[str, Any]) -> None:
        found = list(
            Experiment.objects.filter(organization=organization).select_related(
                "feature"
            )
        )
        if options["json"]:
            return self._print([experiment_document(one) for one in found])
        if not found:
            return self.stdout.write("No experiments yet. Draft one in the browser.")
        return self.stdout.write(
            table_text(
                COLUMNS,
                [_row(one) for one in found],
                is_terminal=self.stdout.isatty(),
                right=("Candidate",),
            )
        )

    def _show(self, experiment: Experiment, options: dict[str, Any]) -> None:
        document = experiment_document(experiment, timezone.now())
        if options["json"]:
            self._print(document)
            return
        label = experiment.get_state_display()
        self.stdout.write(f"{experiment.name} on {experiment.feature.key}: {label}.")
        if experiment.state_reason:
            self.stdout.write(experiment.state_reason)
        self.stdout.write(
            table_text(
                ARM_COLUMNS,
                [_arm_row(arm) for arm in document["arms"]],
                is_terminal=self.stdout.isatty(),
                right=ARM_COLUMNS[2:],
            )
        )
        for event in document["events"]:
            self.stdout.write(f"{event['at']:%d %b %Y %H:%M} UTC  {event['text']}")

    def _print(self, document: Any) -> None:
        text = json.dumps(document, indent=2, cls=DjangoJSONEncoder, ensure_ascii=False)
        self.stdout.write(text)


def _experiment(organization: Organization, slug: str) -> Experiment:
    found = (
        Experiment.objects.filter(organization=organization, slug=slug)
        .select_related("organization", "feature")
        .first()
    )
    if found is None:
        raise CommandError(f"There is no experiment {slug} in {organization.slug}.")
    return found


def _do(experiment: Experiment, options: dict[str, Any]) -> None:
    said = Said(label=ACTOR, reason=options.get("reason", ""))
    action = options["action"]
    if action == "start":
        is_paused = experiment.state == "paused"
        (resume if is_paused else start)(experiment, said)
    elif action == "promote":
        promote(experiment, said, arm=_arm(experiment, options["arm"]))
    else:
        (pause if action == "pause" else stop)(experiment, said)


def _arm(experiment: Experiment, key: str) -> ExperimentArm:
    arms = list(experiment.arms.filter(is_control=False))
    named = [arm for arm in arms if arm.key == key] if key else arms
    if len(named) == 1:
        return named[0]
    keys = ", ".join(arm.key for arm in arms)
    if key:
        raise CommandError(f"{experiment.slug} has no candidate {key}: it has {keys}.")
    raise CommandError(f"Say which arm wins with --arm: {keys}.")


def _row(one: Experiment) -> list[object]:
    percent = one.step_percent
    return [
        one.slug,
        one.feature.key,
        one.kind,
        one.get_state_display().lower(),
        None if percent is None else f"{percent} %",
        f"{one.started_at:%d %b %Y %H:%M}" if one.started_at else None,
    ]


def _arm_row(arm: dict[str, Any]) -> list[object]:
    requests, cost = arm["requests"], arm["cost_usd"]
    return [
        arm["key"],
        arm["model"],
        f"{arm['share_percent']:g} %",
        None if requests is None else f"{requests:,}",
        f"{arm['successes']:,}" if requests else None,
        None if cost is None else f"${cost:,.4f}",
    ]
