"""`modelhub catalog sync | snapshot | status`."""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry.catalog.document import CatalogError
from registry.catalog.genai import checked, installed_prices
from registry.catalog.inputs import read_inputs
from registry.catalog.snapshot import snapshot_bytes
from registry.models import AIModel, CatalogSync, ModelAlias, Price
from registry.services.catalog_sync import sync_from_sources


class Command(BaseCommand):
    help = "Syncs the model catalogue, makes its snapshot of facts, shows its state."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True)
        sync = commands.add_parser("sync", help="bring models and prices up to date")
        sync.add_argument(
            "--prices",
            default=settings.MODELHUB_CATALOG_PRICES,
            help="file or address in genai-prices' format (default: the package)",
        )
        sync.add_argument(
            "--facts",
            action="append",
            help="file or address of models.dev, LiteLLM, rates, Arena or a snapshot; "
            "may be given several times (default: the shipped snapshot)",
        )
        _add_days(sync)
        sync.add_argument("--dry-run", action="store_true", help="change nothing")
        sync.add_argument("--json", action="store_true", dest="as_json")
        snapshot = commands.add_parser("snapshot", help="make the snapshot of facts")
        snapshot.add_argument("--models-dev", required=True)
        snapshot.add_argument("--litellm", required=True)
        snapshot.add_argument("--rates", default="")
        snapshot.add_argument("--arena", required=True)
        snapshot.add_argument("--output", required=True, type=Path)
        _add_days(snapshot)
        status = commands.add_parser("status", help="the last sync and what there is")
        status.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            getattr(self, options["command"])(options)
        except CatalogError as error:
            raise CommandError(str(error)) from error

    def sync(self, options: dict[str, Any]) -> None:
        report = sync_from_sources(
            prices=options["prices"],
            facts=options["facts"] or settings.MODELHUB_CATALOG_FACTS,
            read_on=dict(options["read_on"] or ()),
            dry_run=options["dry_run"],
        )
        if options["as_json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2))
        elif options["verbosity"]:
            for line in report.lines():
                self.stdout.write(line)

    def snapshot(self, options: dict[str, Any]) -> None:
        names = ("models_dev", "litellm", "rates", "arena")
        addresses = [options[name] for name in names if options[name]]
        inputs = read_inputs(facts=addresses, read_on=dict(options["read_on"] or ()))
        providers = checked(installed_prices()).providers
        packed = snapshot_bytes(providers, inputs.facts, inputs.ratings)
        options["output"].write_bytes(packed)
        self.stdout.write(f"{options['output']}: {len(packed):,} bytes.")

    def status(self, options: dict[str, Any]) -> None:
        last = CatalogSync.objects.first()
        state = {
            "models": AIModel.objects.filter(organization=None).count(),
            "vanished": AIModel.objects.filter(is_listed=False).count(),
            "prices": Price.objects.filter(organization=None).count(),
            "aliases": ModelAlias.objects.count(),
            "last_sync": last and last.started_at.isoformat(timespec="seconds"),
            "last_state": last and last.state,
            "last_error": last and last.error,
        }
        if options["as_json"]:
            self.stdout.write(json.dumps(state, indent=2))
            return
        for name, value in state.items():
            words = name.replace("_", " ").capitalize()
            self.stdout.write(f"{words}: {'–' if value in (None, '') else value}")


def _add_days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--read-on",
        action="append",
        type=_address_and_day,
        metavar="FILE=YYYY-MM-DD",
        help="the day on which a file was read from its publisher",
    )


def _address_and_day(words: str) -> tuple[str, datetime.date]:
    address, _, day = words.rpartition("=")
    try:
        return address, datetime.date.fromisoformat(day)
    except ValueError as error:
        message = f"{words!r} does not read FILE=YYYY-MM-DD"
        raise argparse.ArgumentTypeError(message) from error
