"""`modelhub usage`: the recorded calls of this machine, on the command line."""

import dataclasses
import datetime
import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from analytics.import_arguments import DESCRIPTION, add_import_arguments
from analytics.import_command import run_import
from analytics.recording.writer import DatabaseAway
from analytics.services.planner_statistics import refresh_statistics
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import roll_up
from analytics.services.spooling import flush_spool, usage_status
from analytics.time_steps import DAY
from registry.models import Organization
from registry.queries.organizations import OrganizationUnclear, chosen_organization

PATIENCE_S = 2.0


class Command(BaseCommand):
    help = "Import usage, write what waits in the spool, sum up again, or show it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        for name, text in (
            ("flush", "Write calls that dead processes left in the spool."),
            ("status", "Spool, partitions, rejected and lost calls."),
        ):
            action = actions.add_parser(name, help=text, description=text)
            action.add_argument(
                "--json", action="store_true", help="One JSON document."
            )
        text = "Sum up again what was recorded: everything, or some days of it (UTC)."
        rollup = actions.add_parser("rollup", help=text, description=text)
        rollup.add_argument("--since", type=_day, metavar="YYYY-MM-DD")
        rollup.add_argument(
            "--until", type=_day, metavar="YYYY-MM-DD", help="Included."
        )
        rollup.add_argument("--organization", metavar="SLUG", help="Of this one only.")

        action = actions.add_parser(
            "import", help="Take in calls from a file.", description=DESCRIPTION
        )
        add_import_arguments(action)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "flush":
            self._flush(options)
        elif options["action"] == "import":
            self._import(options)
        elif options["action"] == "rollup":
            self._roll_up(options)
        else:
            self._status(options)

    def _import(self, options: dict[str, Any]) -> None:
        try:
            organization = chosen_organization(options["organization"])
        except OrganizationUnclear as error:
            raise CommandError(str(error)) from error
        run_import(organization, options, self.stdout, self.stderr)  # type: ignore[arg-type]  # Django's wrappers are files in all but name

    def _flush(self, options: dict[str, Any]) -> None:
        try:
            done = flush_spool(settings.MODELHUB_SPOOL, PATIENCE_S)
        except DatabaseAway as error:
            raise CommandError(f"The database cannot be written: {error}") from error
        if options["json"]:
            return self._json(done)
        self.stdout.write(
            f"Wrote {done.written} calls of {done.files} files, "
            f"rejected {done.rejected}."
        )
        if done.left.size_bytes:
            self.stdout.write(
                f"{done.left.size_bytes:,} bytes are with running processes."
            )
        return None

    def _roll_up(self, options: dict[str, Any]) -> None:
        slug, since, until = (
            options[name] for name in ("organization", "since", "until")
        )
        organization = Organization.objects.filter(slug=slug).first()
        if slug and organization is None:
            raise CommandError(f"There is no organisation {slug!r}.")
        if since and until and until < since:
            raise CommandError("--until is before --since.")
        organization_id = organization.pk if organization else None
        refresh_statistics()
        marked = mark_all_dirty(
            organization_id=organization_id,
            since=since,
            until=until + DAY if until else None,
        )
        with Progress(
            *Progress.get_default_columns(),
            console=Console(stderr=True),
            disable=not self.stderr.isatty(),
        ) as progress:
            bar = progress.add_task("Summing up", total=marked)
            built = roll_up(
                organization_id=organization_id,
                done=lambda hours: progress.advance(bar, hours),
            )
        refresh_statistics()
        self.stdout.write(f"Summed up {built:,} hours.")

    def _status(self, options: dict[str, Any]) -> None:
        status = usage_status(settings.MODELHUB_SPOOL)
        if options["json"]:
            return self._json(status)
        waiting = status.backlog
        first, last = _ends(status.partitions)
        for label, text in {
            "spool": str(status.spool),
            "waiting": f"{waiting.size_bytes:,} bytes in {waiting.files} files, "
            f"{waiting.orphans} of dead processes",
            "rejected": f"{status.rejected}",
            "lost": f"{status.lost}",
            "partitions": f"{len(status.partitions)}, {first} to {last}",
            "strays": f"{status.strays} rows in the default partition",
        }.items():
            self.stdout.write(f"{label:<12}{text}")
        return None

    def _json(self, document: Any) -> None:
        self.stdout.write(json.dumps(dataclasses.asdict(document), default=str))


def _day(text: str) -> datetime.datetime:
    """The start of a day in UTC. Raises ValueError, which argparse tells of."""
    date = datetime.date.fromisoformat(text)
    return datetime.datetime.combine(date, datetime.time(), datetime.UTC)


def _ends(partitions: list[str]) -> tuple[str, str]:
    """`…_2026_11` → 2026-11."""
    months = ["-".join(name.split("_")[-2:]) for name in partitions]
    return (months[0], months[-1]) if months else ("none", "none")
