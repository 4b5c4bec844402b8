"""`modelhub budgets`: what may be spent, on the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from analytics.models import BudgetDefinition, BudgetPeriod, OnLimit
from analytics.queries.budget_scopes import scope_named
from analytics.queries.budget_states import BudgetState, budget_state, budget_states
from analytics.services.budget_checking import BudgetRefused, living
from analytics.services.budget_definitions import (
    change_budget,
    create_budget,
    delete_budget,
)
from registry.console_table import table_text
from registry.models import Organization
from registry.queries.organizations import OrganizationUnclear, chosen_organization

ACTOR: Final = "modelhub budgets"
DRY: Final = "Dry run: nothing was changed."
ACTIONS: Final = {
    "list": "Where every budget stands.",
    "show": "One budget and its window of now.",
    "create": "A new budget; what was spent in its window already counts.",
    "pause": "Stop a budget from holding; --resume lets it hold again.",
    "delete": "Take a budget away; its history stays.",
}
WRITES: Final = frozenset({"create", "pause", "delete"})
COLUMNS: Final = ("ID", "Budget", "For", "Period", "Limit", "Spent", "Left", "State")


class Command(BaseCommand):
    help = "List budgets and where they stand; make, pause and delete them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for name, text in ACTIONS.items():
            one = actions.add_parser(name, help=text, description=text)
            one.add_argument(
                "--organization", metavar="SLUG", help="Default: the only one."
            )
            one.add_argument("--json", action="store_true", help="One JSON document.")
            if name in WRITES:
                one.add_argument(
                    "--dry-run", action="store_true", help="Change nothing."
                )
            if name in {"show", "pause", "delete"}:
                one.add_argument(
                    "id", type=int, metavar="ID", help="See `budgets list`."
                )
            if name == "pause":
                one.add_argument("--resume", action="store_true", help="Hold again.")
            if name == "create":
                _add_facts(one)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = chosen_organization(options["organization"])
            if options["action"] in WRITES:
                return self._write(organization, options)
            if options["action"] == "show":
                return self._say([_state(_budget(organization, options))], options)
            return self._say(budget_states(organization, timezone.now()), options)
        except (OrganizationUnclear, BudgetRefused) as error:
            raise CommandError(str(error)) from error

    def _write(self, organization: Organization, options: dict[str, Any]) -> None:
        """Does it; a dry run does it too, and takes it back."""
        with transaction.atomic():
            definition = _done(organization, options)
            state = _state(definition)
            if options["dry_run"]:
                transaction.set_rollback(True)
        self._say([state], options)
        if options["dry_run"] and not options["json"]:
            self.stdout.write(DRY)

    def _say(self, states: list[BudgetState], options: dict[str, Any]) -> None:
        if options["json"]:
            said: Any = [_document(one) for one in states]
            if options["action"] != "list":
                said = said[0]
            if options["action"] in WRITES:
                said["dry_run"] = options["dry_run"]
            text = json.dumps(said, indent=2, cls=DjangoJSONEncoder, ensure_ascii=False)
            return self.stdout.write(text)
        if not states:
            return self.stdout.write(
                "No budgets yet. See `modelhub budgets create --help`."
            )
        return self.stdout.write(
            table_text(
                COLUMNS,
                [_row(one) for one in states],
                is_terminal=self.stdout.isatty(),
                right=("ID", "Limit", "Spent", "Left"),
            )
        )


def _add_facts(parser: ArgumentParser) -> None:
    parser.add_argument("amount_usd", type=_usd, metavar="DOLLARS")
    parser.add_argument("--name", default="", help="Default: after what it is for.")
    parser.add_argument("--period", choices=BudgetPeriod.values, default="month")
    parser.add_argument(
        "--for",
        dest="scope",
        default="organization",
        metavar="WHAT",
        help="feature:KEY, model:PROVIDER/ID, provider:SLUG, connection:LABEL, "
        "token:LABEL, tag:NAME=VALUE; default: everything.",
    )
    parser.add_argument("--time-zone", help="Default: the organisation's.")
    parser.add_argument(
        "--on-limit", choices=[OnLimit.BLOCK.value, OnLimit.WARN.value], default="block"
    )


def _usd(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 12:
        message = f"{text!r} is no amount in dollars."
        raise ArgumentTypeError(message)
    return amount


def _done(organization: Organization, options: dict[str, Any]) -> BudgetDefinition:
    if options["action"] == "create":
        zone = options["time_zone"]
        try:
            scope = scope_named(organization, options["scope"])
        except LookupError as error:
            raise CommandError(str(error.args[0])) from error
        return create_budget(
            organization=organization,
            actor=None,
            actor_label=ACTOR,
            **scope,
            **({"time_zone": zone} if zone else {}),
            **{name: options[name] for name in ("name", "amount_usd", "period")},
            on_limit=options["on_limit"],
        )
    definition = _budget(organization, options)
    if options["action"] == "delete":
        delete_budget(definition=definition, actor=None, actor_label=ACTOR)
    else:
        change_budget(
            definition=definition,
            actor=None,
            actor_label=ACTOR,
            is_active=options["resume"],
        )
    return definition


def _budget(organization: Organization, options: dict[str, Any]) -> BudgetDefinition:
    found = living(organization).filter(pk=options["id"]).first()
    if found is None:
        message = f"There is no budget {options['id']} in {organization.slug}."
        raise CommandError(message)
    return found


def _state(definition: BudgetDefinition) -> BudgetState:
    return budget_state(definition, timezone.now())


def _word(state: BudgetState) -> str:
    if state.definition is not None and state.definition.deleted_at is not None:
        return "deleted"
    if not state.is_active:
        return "paused"
    if state.is_used_up:
        return "used up"
    return "near its limit" if state.is_near else "in force"


def _row(state: BudgetState) -> list[object]:
    amounts = (state.limit_usd, state.spent_usd, state.left_usd)
    return [
        state.definition.pk if state.definition else None,
        state.name,
        state.scope,
        state.rule.period,
        *(f"${one:,.2f}" for one in amounts),
        _word(state),
    ]


def _document(state: BudgetState) -> dict[str, Any]:
    return {
        "id": state.definition.pk if state.definition else None,
        "name": state.name,
        "scope_kind": state.rule.kind,
        "scope": state.scope,
        "period": state.rule.period,
        "time_zone": state.rule.time_zone,
        "on_limit": state.rule.on_limit,
        "state": _word(state),
        "starts_at": state.starts_at,
        "ends_at": state.ends_at,
        "limit_usd": state.limit_usd,
        "spent_usd": state.spent_usd,
        "held_usd": state.held_usd,
        "left_usd": state.left_usd,
    }
