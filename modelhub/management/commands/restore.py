"""modelhub restore: the database as a backup has it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from modelhub.backup import Restored, restore


class Command(BaseCommand):
    help = "Put back what `modelhub backup` wrote, into an empty database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--force",
            action="store_true",
            help="replace everything that the database holds",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = restore(options["file"], is_forced=options["force"])
        self.stdout.write(f"The database is as {options['file']} has it.")
        for line in advice(done):
            self.stdout.write(line)


def advice(done: Restored) -> list[str]:
    """What is left to do, in words."""
    lines = []
    if done.unknown:
        lines.append(
            "The backup is of a newer ModelHub: upgrade this one before you use it."
        )
    if done.to_apply:
        lines.append(
            "The backup is of an older ModelHub: run `modelhub migrate` "
            f"({done.to_apply} to apply; `modelhub serve` does it by itself)."
        )
    if done.unreadable_keys:
        lines.append(
            f"{done.unreadable_keys} of {done.stored_keys} stored keys of connections "
            "cannot be decrypted: put the encryption keys of then into "
            "var/encryption-keys, or enter those keys again."
        )
    return lines
