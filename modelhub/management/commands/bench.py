from argparse import ArgumentParser
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from modelhub.bench.arithmetic import measure_cost
from modelhub.bench.catalogue import measure_second_sync, measure_sync
from modelhub.bench.gateway import measure_gateway
from modelhub.bench.packs import measure_packs
from modelhub.bench.pages import measure_pages
from modelhub.bench.recording import measure_recording
from modelhub.bench.resolution import measure_resolution
from modelhub.bench.scratch import scratch_database
from modelhub.bench.timing import Measurement, table
from modelhub.embedded.valkey import embedded_broker
from modelhub.serving.preparation import collect_static

QUICK: Final = 5_000
LONG: Final = 50_000


class Command(BaseCommand):
    help = "Measure on a database of its own, which is dropped at the end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=30, help="of each page")
        parser.add_argument("--sync-runs", type=int, default=3, help="of each sync")
        parser.add_argument("--only", choices=["gateway"], help="nothing but this")
        parser.add_argument("--requests", type=int, help="through the gateway")
        parser.add_argument(
            "--long", action="store_true", help=f"{LONG:,} requests, not {QUICK:,}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        runs, sync_runs = options["runs"], options["sync_runs"]
        requests = options["requests"] or (LONG if options["long"] else QUICK)
        if min(runs, sync_runs, requests) < 1:
            raise CommandError("There must be at least one run.")
        collect_static(settings.LAYOUT, self.stderr.write)
        # The gateway keeps its limits where the broker is.
        with (
            embedded_broker(settings.LAYOUT, say=self.stderr.write),
            scratch_database(),
        ):
            if not options["only"]:
                for line in table(self.measurements(runs, sync_runs)):
                    self.stdout.write(line)
                self.stdout.write("")
            for line in measure_gateway(requests):
                self.stdout.write(line)

    def measurements(self, runs: int, sync_runs: int) -> list[Measurement]:
        """In this order: what comes later needs the catalogue of the first."""
        return [
            measure_sync(sync_runs),
            measure_second_sync(sync_runs),
            *measure_pages(runs),
            measure_cost(runs),
            *measure_packs(runs),
            *measure_resolution(runs),
            *measure_recording(runs),
        ]
