"""`modelhub usage`: the recorded calls of this machine, on the command line."""

import dataclasses
import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analytics.recording.writer import DatabaseAway
from analytics.services.spooling import flush_spool, usage_status

PATIENCE_S = 2.0


class Command(BaseCommand):
    help = "Write what waits in the spool of recorded calls, or show how it stands."

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

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "flush":
            self._flush(options)
        else:
            self._status(options)

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


def _ends(partitions: list[str]) -> tuple[str, str]:
    """`…_2026_11` → 2026-11."""
    months = ["-".join(name.split("_")[-2:]) for name in partitions]
    return (months[0], months[-1]) if months else ("none", "none")
