"""`modelhub tokens`: what programs sign in with, on the command line."""

import datetime
import json
from argparse import ArgumentParser, ArgumentTypeError
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.models import ApiToken, Organization, TokenScope
from registry.queries.api_tokens import TokenRow, token_rows, tokens_of
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.services.api_token_changes import edit_token
from registry.services.api_tokens import create_token, revoke_token

ACTOR: Final = "modelhub tokens"
MOST_DAYS: Final = 3650
MOST_USD: Final = 10**12


class Command(BaseCommand):
    help = "Create, list, edit and revoke the API tokens of an organisation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        create = _action(actions, "create", "Print a new token. It is shown only now.")
        create.add_argument("label", metavar="NAME", help="Which program uses it.")
        create.add_argument(
            "--scope",
            action="append",
            choices=TokenScope.values,
            help="Default: gateway. Can be given several times.",
        )
        create.add_argument(
            "--days",
            type=int,
            metavar="N",
            help="How long it holds; default: for ever.",
        )
        create.add_argument(
            "--feature",
            action="append",
            default=[],
            metavar="KEY",
            help="Call models for this feature only. Can be given several times.",
        )
        create.add_argument(
            "--monthly-limit",
            type=_dollars,
            metavar="USD",
            help="Give it a budget of its own that blocks its calls.",
        )
        _edit_arguments(
            _action(actions, "edit", "Change a token. What is not named stays.")
        )
        _action(actions, "list", "All tokens with their state and last use.")
        revoke = _action(actions, "revoke", "End a token in every process at once.")
        revoke.add_argument(
            "token", metavar="TOKEN", help="Its id, name or beginning (mh_12345)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = chosen_organization(options["organization"])
            getattr(self, f"_{options['action']}")(organization, options)
        except OrganizationUnclear as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error

    def _create(self, organization: Organization, options: dict[str, Any]) -> None:
        issued = create_token(
            organization=organization,
            label=options["label"],
            scopes=options["scope"] or [TokenScope.GATEWAY],
            expires_at=_expiry(options["days"]),
            feature_keys=options["feature"],
            monthly_limit_usd=options["monthly_limit"],
            actor=None,
            actor_label=ACTOR,
        )
        if options["json"]:
            row = TokenRow(issued.token, "Active", "", options["monthly_limit"])
            self._json({**_document(row), "token": issued.text})
        else:
            self.stdout.write(issued.text)

    def _list(self, organization: Organization, options: dict[str, Any]) -> None:
        rows = tokens_of(organization, timezone.now())
        if options["json"]:
            return self._json([_document(row) for row in rows])
        for row in rows:
            used = row.token.last_used_at
            last = f"{used:%Y-%m-%d %H:%M}" if used else "never used"
            self.stdout.write(
                f"{row.token.pk}\t{row.token.prefix}…\t{row.state}\t{last}\t"
                f"{row.token.label}"
            )
        if not rows:
            self.stdout.write("No tokens yet.")
        return None

    def _edit(self, organization: Organization, options: dict[str, Any]) -> None:
        token = _chosen(organization, options["token"])
        facts = _wanted(options)
        if not facts:
            raise CommandError("Say what to change; see modelhub tokens edit --help.")
        is_new = edit_token(token=token, actor=None, actor_label=ACTOR, **facts)
        if options["json"]:
            (row,) = token_rows([token], timezone.now())
            return self._json({**_document(row), "is_new": is_new})
        said = "is changed" if is_new else "was so already"
        self.stdout.write(f"{token} {said}.")
        return None

    def _revoke(self, organization: Organization, options: dict[str, Any]) -> None:
        token = _chosen(organization, options["token"])
        is_new = revoke_token(token=token, actor=None, actor_label=ACTOR)
        if options["json"]:
            return self._json({"id": token.pk, "label": token.label, "is_new": is_new})
        said = "is revoked" if is_new else "was revoked already"
        self.stdout.write(f"{token} {said}.")
        return None

    def _json(self, document: Any) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _action(actions: Any, name: str, text: str) -> ArgumentParser:
    parser: ArgumentParser = actions.add_parser(name, help=text, description=text)
    parser.add_argument("--organization", metavar="SLUG", help="Default: the only one.")
    parser.add_argument("--json", action="store_true", help="One JSON document.")
    return parser


def _edit_arguments(edit: ArgumentParser) -> None:
    edit.add_argument("token", metavar="TOKEN", help="Its id, name or beginning.")
    edit.add_argument("--name", metavar="NAME", help="Which program uses it.")
    edit.add_argument("--scope", action="append", choices=TokenScope.values)
    ends = edit.add_mutually_exclusive_group()
    ends.add_argument("--days", type=int, metavar="N", help="From now on.")
    ends.add_argument("--never", action="store_true", help="It does not expire.")
    calls = edit.add_mutually_exclusive_group()
    calls.add_argument("--feature", action="append", metavar="KEY")
    calls.add_argument("--every-feature", action="store_true")
    limits = edit.add_mutually_exclusive_group()
    limits.add_argument("--monthly-limit", type=_dollars, metavar="USD")
    limits.add_argument("--no-monthly-limit", action="store_true")


def _wanted(options: dict[str, Any]) -> dict[str, Any]:
    """What the options of `edit` change, as `edit_token` takes it."""
    facts: dict[str, Any] = {}
    if options["name"] is not None:
        facts["label"] = options["name"]
    if options["scope"]:
        facts["scopes"] = options["scope"]
    if options["never"] or options["days"] is not None:
        facts["expires_at"] = _expiry(options["days"])
    if options["every_feature"] or options["feature"]:
        facts["feature_keys"] = options["feature"] or []
    if options["no_monthly_limit"] or options["monthly_limit"] is not None:
        facts["monthly_limit_usd"] = options["monthly_limit"]
    return facts


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        message = "write it as 20 or 20.50"
        raise ArgumentTypeError(message) from error
    if not amount.is_finite() or not 0 <= amount < MOST_USD:
        message = "a limit is 0 or more dollars"
        raise ArgumentTypeError(message)
    return amount


def _expiry(days: int | None) -> datetime.datetime | None:
    if days is None:
        return None
    if not 1 <= days <= MOST_DAYS:
        message = f"A token holds for 1 to {MOST_DAYS} days."
        raise CommandError(message)
    return timezone.now() + datetime.timedelta(days=days)


def _chosen(organization: Organization, word: str) -> ApiToken:
    """The one token that `word` means. What ends a token is never guessed."""
    tokens = list(ApiToken.objects.filter(organization=organization))
    found = [
        one
        for one in tokens
        if word in {str(one.pk), one.label} or word[: len(one.prefix)] == one.prefix
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        message = f"There is no token {word[:8]!r} in {organization.slug}."
        raise CommandError(message)
    ids = ", ".join(str(one.pk) for one in found)
    message = f"Several tokens are meant: {ids}. Name one by its id."
    raise CommandError(message)


def _document(row: TokenRow) -> dict[str, Any]:
    token, limit = row.token, row.monthly_limit_usd
    moments = {
        name: moment and moment.isoformat()
        for name, moment in (
            ("created_at", token.created_at),
            ("expires_at", token.expires_at),
            ("revoked_at", token.revoked_at),
            ("last_used_at", token.last_used_at),
        )
    }
    return {
        "id": token.pk,
        "label": token.label,
        "prefix": token.prefix,
        "state": row.state.lower(),
        "scopes": token.scopes,
        "features": token.feature_keys,
        "monthly_limit_usd": None if limit is None else format(limit, "f"),
        **moments,
    }
