"""modelhub backup: the whole database in one file."""

import os
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from modelhub.backup import back_up

WITHOUT_KEYS = (
    "Not in it: the encryption keys ({where}). Keep a copy of them somewhere else; "
    "without them every stored key of a connection has to be entered again."
)
WITH_KEYS = (
    "The encryption keys are in {path}. Whoever has both files can read every stored "
    "key: keep them apart."
)


class Command(BaseCommand):
    help = "Write the whole database into a file; ModelHub may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--force", action="store_true", help="replace the file if it is there"
        )
        parser.add_argument(
            "--with-keys",
            action="store_true",
            help="write the encryption keys too, into FILE.keys",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        size = back_up(path, is_forced=options["force"])
        self.stdout.write(f"{path}: {size:,} bytes.")
        if options["with_keys"]:
            keys = path.with_name(f"{path.name}.keys")
            write_keys(keys)
            self.stdout.write(WITH_KEYS.format(path=keys))
            return
        where = settings.MODELHUB_ENCRYPTION_KEYS_PATH or "MODELHUB_ENCRYPTION_KEYS"
        self.stdout.write(WITHOUT_KEYS.format(where=where))


def write_keys(path: Path) -> None:
    """As var/encryption-keys: one a line, readable by the owner alone."""
    source = settings.MODELHUB_ENCRYPTION_KEYS_PATH
    part = path.with_name(f"{path.name}.part")
    try:
        with open(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        ) as f:
            if source is not None and source.exists():
                with source.open("rb") as file:
                    shutil.copyfileobj(file, f)
            else:
                f.write("\n".join(settings.MODELHUB_ENCRYPTION_KEYS).encode() + b"\n")
        part.replace(path)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}."
        raise CommandError(message) from error
