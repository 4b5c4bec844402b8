"""`modelhub connections`: list, add and test connections, and rotate their keys."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from registry.connection_providers import provider_choices, provider_named
from registry.connection_rules import read_headers
from registry.key_ring import FixedKeyRing, add_first_key, ring_path
from registry.models import Connection, Organization
from registry.plain_text import columns
from registry.queries.connections import (
    ConnectionRow,
    connection_row,
    connection_rows,
    connections_of,
)
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.services.connection_checks import (
    Outcome,
    check_all,
    check_connection,
    probe,
    store_outcome,
)
from registry.services.connections import add_connection, draft_connection
from registry.services.key_rotation import rotate_keys
from registry.trial_run import DRY, trial_run

ACTOR = "modelhub connections"


class Command(BaseCommand):
    help = "List connections, add one, test them, rotate the keys that encrypt theirs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for name, text in (
            ("list", "All connections with their state."),
            ("add", "A new connection, tested before it is saved."),
            ("test", "Ask one connection, or all of them, whether it works."),
            ("rotate-keys", "Encrypt every stored key with the first key of the ring."),
        ):
            _add_options(actions.add_parser(name, help=text, description=text), name)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with trial_run(bool(options.get("dry_run"))):
                self._run(options)
        except (OrganizationUnclear, FixedKeyRing) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(_refusals(error))) from error

    def _run(self, options: dict[str, Any]) -> None:
        if options["action"] == "rotate-keys":
            return self._rotate(options)
        organization = chosen_organization(options["organization"])
        run = getattr(self, f"_{options['action'].replace('-', '_')}")
        run(organization, options)
        return None

    def _list(self, organization: Organization, options: dict[str, Any]) -> None:
        rows = connection_rows(connections_of(organization), organization)
        if options["json"]:
            return self._json([_document(row) for row in rows])
        lines = [_line(row) for row in rows]
        for line in columns(lines, frozenset({0})) if lines else ():
            self.stdout.write(line)
        if not rows:
            self.stdout.write("No connections yet.")
        return None

    def _add(self, organization: Organization, options: dict[str, Any]) -> None:
        if options["provider"] not in {one.slug for one in provider_choices()}:
            message = f"There is no provider {options['provider']!r}."
            raise CommandError(message)
        draft = draft_connection(
            organization=organization,
            provider=provider_named(options["provider"]),
            label=options["label"] or "Main",
            key=_key(options),
            key_variable=options["key_variable"],
            base_url=options["base_url"],
            headers=_headers(options),
        )
        outcome = probe(draft)
        if not outcome.is_ok and not options["anyway"]:
            message = (
                f"{outcome.reason} Nothing was saved; --anyway saves it all the same."
            )
            raise CommandError(message)
        connection = add_connection(connection=draft, actor=None, actor_label=ACTOR)
        store_outcome(connection, outcome)
        if options["json"]:
            document = _document(connection_row(connection))
            return self._json({**document, "dry_run": options["dry_run"]})
        place = "" if options["dry_run"] else f"{connection.pk}: "
        self.stdout.write(f"{place}{_told(connection, outcome)}")
        return self._say_trial(options)

    def _test(self, organization: Organization, options: dict[str, Any]) -> None:
        if (options["id"] is None) is not options["all"]:
            raise CommandError("Name one connection by its id, or say --all.")
        if options["all"]:
            tested = check_all(organization)
        else:
            one = _connection(organization, options["id"])
            tested = [(one, check_connection(one))]
        if options["json"]:
            rows = [connection_row(one) for one, _ in tested]
            is_dry = options["dry_run"]
            self._json([{**_document(row), "dry_run": is_dry} for row in rows])
        else:
            for connection, outcome in tested:
                self.stdout.write(f"{connection.pk}: {_told(connection, outcome)}")
            self._say_trial(options)
        wrong = sum(not outcome.is_ok for _, outcome in tested)
        if wrong:
            message = f"{wrong} of {len(tested)} failed the test."
            raise CommandError(message)

    def _rotate(self, options: dict[str, Any]) -> None:
        is_dry, is_new = options["dry_run"], options["new_key"]
        if is_new:
            path = ring_path() if is_dry else add_first_key()
            if not options["json"]:
                self.stdout.write(f"A new first key stands in {path}.")
        report = rotate_keys()
        # In a trial there is no new key yet: all that is readable would follow it.
        follows = report.current if is_new and is_dry else 0
        rotated, current = report.rotated + follows, report.current - follows
        if options["json"]:
            return self._json(
                {
                    "rotated": rotated,
                    "current": current,
                    "enter_again": [_name(one) for one in report.unreadable],
                    "dry_run": is_dry,
                }
            )
        self.stdout.write(
            f"{rotated} secrets were put under the first key; {current} were already."
        )
        for row in report.unreadable:
            self.stdout.write(f"Enter again: {_name(row)}")
        return self._say_trial(options)

    def _say_trial(self, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            self.stdout.write(DRY)

    def _json(self, document: Any) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _add_options(parser: ArgumentParser, name: str) -> None:
    parser.add_argument("--json", action="store_true", help="One JSON document.")
    if name != "list":
        parser.add_argument(
            "--dry-run", action="store_true", help="Say it, and change nothing."
        )
    if name == "rotate-keys":
        parser.add_argument(
            "--new-key",
            action="store_true",
            help="First put a fresh key before the others in var/encryption-keys.",
        )
        return
    parser.add_argument("--organization", metavar="SLUG", help="Default: the only one.")
    if name == "test":
        parser.add_argument("id", metavar="ID", type=int, nargs="?")
        parser.add_argument("--all", action="store_true", help="Every enabled one.")
    if name == "add":
        _add_connection_options(parser)


def _add_connection_options(parser: ArgumentParser) -> None:
    """No option takes the key: arguments stand in the shell's history and in the list
    of processes."""
    parser.add_argument("provider", metavar="PROVIDER", help="e.g. openai or ollama")
    parser.add_argument("--label", default="", help="Its name; default: Main.")
    parser.add_argument("--base-url", default="", metavar="URL")
    parser.add_argument(
        "--key-from",
        choices=["stdin", "env", "none"],
        default="none",
        help="Read the key from standard input or from MODELHUB_CONNECTION_KEY.",
    )
    parser.add_argument(
        "--key-variable",
        default="",
        metavar="NAME",
        help="Store no key; read this variable whenever it is needed.",
    )
    parser.add_argument(
        "--headers-file",
        metavar="FILE",
        help="Extra headers, one “name: value” a line.",
    )
    parser.add_argument(
        "--anyway", action="store_true", help="Save it even if the test fails."
    )


def _key(options: dict[str, Any]) -> str:
    if options["key_from"] == "stdin":
        return sys.stdin.readline()
    if options["key_from"] == "env":
        return os.environ.get("MODELHUB_CONNECTION_KEY", "")
    return ""


def _headers(options: dict[str, Any]) -> dict[str, str]:
    if not options["headers_file"]:
        return {}
    try:
        with open(options["headers_file"], encoding="utf-8") as file:
            return read_headers(file.read())
    except (OSError, UnicodeDecodeError) as error:
        message = f"{options['headers_file']} cannot be read: {error}."
        raise CommandError(message) from error


def _connection(organization: Organization, pk: int) -> Connection:
    found = connections_of(organization).filter(pk=pk).first()
    if found is None:
        message = f"There is no connection {pk} in {organization.slug}."
        raise CommandError(message)
    return found


def _refusals(error: ValidationError) -> list[str]:
    if not hasattr(error, "error_dict"):
        return error.messages
    return [
        f"{name.replace('_', ' ').capitalize()}: {text}"
        for name, texts in error.message_dict.items()
        for text in texts
    ]


def _line(row: ConnectionRow) -> tuple[str, ...]:
    connection = row.connection
    return (
        str(connection.pk),
        connection.provider.slug,
        connection.label,
        row.key or "no key",
        row.status.label,
        row.status.reason,
    )


def _name(row: Any) -> str:
    """A connection, or another row that stores something encrypted."""
    kind = "" if isinstance(row, Connection) else f"{row._meta.verbose_name} "
    return f"{row.organization.slug}/{kind}{row} (id {row.pk})"


def _told(connection: Connection, outcome: Outcome) -> str:
    said = f"connected, {outcome.latency_ms} ms" if outcome.is_ok else outcome.reason
    return f"{connection}: {said}"


def _document(row: ConnectionRow) -> dict[str, Any]:
    connection = row.connection
    return {
        "id": connection.pk,
        "provider": connection.provider.slug,
        "label": connection.label,
        "base_url": row.address,
        "key": row.key or None,
        "headers": connection.header_names,
        "is_enabled": connection.is_enabled,
        "position": connection.position,
        "state": connection.state,
        "reason": connection.state_reason or None,
        "latency_ms": connection.latency_ms,
        "checked_at": connection.checked_at and connection.checked_at.isoformat(),
        "models_found": row.found,
        "models_enabled": row.enabled,
    }
