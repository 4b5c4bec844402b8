"""`modelhub models list`, `show`, `cost`, `discover`, `enable` and `disable`."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from registry.command_arguments import (
    QUANTITIES,
    add_cost_arguments,
    add_discover_arguments,
    add_model_argument,
    add_output_arguments,
    add_switch_arguments,
)
from registry.cost_report import cost_json, cost_text
from registry.discovery.report import run_json, runs_text
from registry.model_report import line_json, lines_text, model_json, model_text
from registry.models import AIModel, Connection, Organization
from registry.pricing import Usage
from registry.queries.model_costs import model_cost
from registry.queries.model_lines import ModelLine, model_lines
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.queries.prices import quote_for
from registry.queries.references import (
    Resolution,
    resolve_reference,
    similar_references,
)
from registry.services.discovery import discover
from registry.services.model_settings import ModelRefused, disable_model, enable_model
from registry.trial_run import DRY, trial_run

WRONG_USAGE = 2
COST_USAGE = "modelhub models cost [options] provider/model-id (options: --help)"


class Command(BaseCommand):
    help = "Look at models and what they cost; discover and enable them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="List models with their prices.")
        listing.add_argument("--q", default="", help="Words to search for.")
        listing.add_argument("--provider", default="", help="A provider's slug.")
        add_output_arguments(listing)
        show = actions.add_parser("show", help="Show what is known about a model.")
        add_model_argument(show)
        add_output_arguments(show)
        cost = actions.add_parser(
            "cost", help="Say what a call costs, and why.", usage=COST_USAGE
        )
        add_model_argument(cost)
        add_cost_arguments(cost)
        add_output_arguments(cost)
        add_discover_arguments(
            actions.add_parser("discover", help="Ask connections what they offer.")
        )
        for action, what in (("enable", "Let features use"), ("disable", "Take away")):
            switch = actions.add_parser(action, help=f"{what} a model.")
            add_model_argument(switch)
            add_switch_arguments(switch)

    def handle(self, *args: Any, **options: Any) -> None:
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "list": self.list,
            "show": self.show,
            "cost": self.cost,
            "discover": self.discover,
            "enable": self.switch,
            "disable": self.switch,
        }
        actions[options["action"]](options)

    def list(self, options: dict[str, Any]) -> None:
        organization = _organization(options)
        lines = model_lines(
            organization, timezone.now(), options["q"], options["provider"]
        )
        self._print(options, [line_json(one) for one in lines], lines_text(lines))

    def show(self, options: dict[str, Any]) -> None:
        organization = _organization(options)
        resolution, ai_model = _model(options, organization)
        quote = quote_for(ai_model, organization, timezone.now())
        line = ModelLine(ai_model, quote)
        self._print(options, model_json(resolution, line), model_text(resolution, line))

    def cost(self, options: dict[str, Any]) -> None:
        given = {
            name: options[name] for name in QUANTITIES if options[name] is not None
        }
        organization = _organization(options)
        resolution, ai_model = _model(options, organization)
        try:
            usage = Usage(
                **given, requests=options["requests"], is_batch=options["batch"]
            )
            answer = model_cost(
                ai_model,
                usage,
                options["images"],
                organization,
                options["at"] or timezone.now(),
            )
        except ValueError as error:
            raise CommandError(str(error), returncode=WRONG_USAGE) from error
        self._print(
            options, cost_json(resolution, answer), cost_text(resolution, answer)
        )

    def discover(self, options: dict[str, Any]) -> None:
        connections = _connections(options)
        is_dry = options["dry_run"]
        with trial_run(is_dry):
            runs = discover(connections=connections)
        documents = [{**run_json(one), "dry_run": is_dry} for one in runs]
        ending = f"\n{DRY}" if is_dry else ""
        self._print(options, documents, f"{runs_text(runs)}{ending}")
        failed = sum(bool(one.error) for one in runs)
        if failed:
            raise CommandError(
                f"{failed} of {len(runs)} connections could not be asked."
            )

    def switch(self, options: dict[str, Any]) -> None:
        is_on = options["action"] == "enable"
        try:
            organization = chosen_organization(options["organization"])
            _, ai_model = _model(options, organization)
            change = enable_model if is_on else disable_model
            is_new = change(organization=organization, ai_model=ai_model, actor=None)
        except (OrganizationUnclear, ModelRefused) as error:
            raise CommandError(str(error)) from error
        document = {"model": ai_model.reference, "is_enabled": is_on}
        words = f"{'now ' if is_new else 'already '}{'en' if is_on else 'dis'}abled"
        self._print(options, document, f"{ai_model.reference} is {words}.")

    def _print(self, options: dict[str, Any], document: Any, text: str) -> None:
        as_json = json.dumps(document, indent=2, ensure_ascii=False)
        self.stdout.write(as_json if options["json"] else text)


def _organization(options: dict[str, Any]) -> Organization | None:
    slug = options["organization"]
    if not slug:
        return None
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise CommandError(f"There is no organisation “{slug}”.")
    return organization


def _connections(options: dict[str, Any]) -> QuerySet[Connection]:
    rows = Connection.objects.select_related("provider").order_by("pk")
    organization = _organization(options)
    if organization is not None:
        rows = rows.filter(organization=organization)
    wanted = options["connection"]
    if wanted is not None:
        rows = rows.filter(pk=wanted)
        if not rows:
            raise CommandError(f"There is no connection {wanted}.")
        return rows
    return rows.filter(is_enabled=True)


def _model(
    options: dict[str, Any], organization: Organization | None
) -> tuple[Resolution, AIModel]:
    reference = options["model"]
    resolution = resolve_reference(reference, organization)
    if resolution.ai_model:
        return resolution, resolution.ai_model
    if resolution.alias:
        raise CommandError(
            f"{resolution.requested} is a moving name, and no exact version is known "
            "for it."
        )
    near = " or ".join(similar_references(reference, organization))
    hint = f" Did you mean {near}?" if near else ""
    raise CommandError(f"There is no model {reference[:200]!r}.{hint}")
