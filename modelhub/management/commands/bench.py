from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from modelhub.bench.arithmetic import measure_cost
from modelhub.bench.benchmark_page import measure_benchmark_page
from modelhub.bench.benchmarks import measure_benchmarks
from modelhub.bench.catalogue import measure_second_sync, measure_sync
from modelhub.bench.configuration import measure_configuration
from modelhub.bench.experiments import measure_experiments
from modelhub.bench.gateway import measure_gateway
from modelhub.bench.intake import measure_intake
from modelhub.bench.mix import measure_mix
from modelhub.bench.packs import measure_packs
from modelhub.bench.pages import measure_pages
from modelhub.bench.recommendations import measure_recommendations
from modelhub.bench.recording import measure_recording
from modelhub.bench.resolution import measure_resolution
from modelhub.bench.routing import measure_routing
from modelhub.bench.scratch import scratch_database
from modelhub.bench.telemetry import measure_telemetry
from modelhub.bench.timing import Measurement, table
from modelhub.bench.usage import measure_usage
from modelhub.bench.what_if import CALLS_AN_HOUR, LARGE, measure_what_if
from modelhub.embedded.valkey import embedded_broker
from modelhub.serving.preparation import collect_static

QUICK: Final = 5_000
SPANS: Final = 40_000
PARTS: Final = (
    "gateway",
    "otlp",
    "what-if",
    "usage",
    "experiments",
    "benchmarks",
    "recommendations",
)
LONG: Final = 50_000
ROWS: Final = 1_000_000
LONG_ROWS: Final = 10_000_000


class Command(BaseCommand):
    help = "Measure on a database of its own, which is dropped at the end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=30, help="of each page")
        parser.add_argument("--sync-runs", type=int, default=3, help="of each sync")
        parser.add_argument("--only", choices=PARTS, help="nothing but this")
        parser.add_argument("--requests", type=int, help="through the gateway")
        parser.add_argument("--rows", type=int, help="of usage or experiments")
        parser.add_argument(
            "--long",
            action="store_true",
            help=f"{LONG:,} requests, not {QUICK:,}; {LONG_ROWS:,} rows, not {ROWS:,}",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        runs, sync_runs = options["runs"], options["sync_runs"]
        requests = options["requests"] or (LONG if options["long"] else QUICK)
        if min(runs, sync_runs, requests) < 1:
            raise CommandError("There must be at least one run.")
        collect_static(settings.LAYOUT, self.stderr.write)
        only = options["only"]
        if (part := self._part(options, runs)) is not None:
            with scratch_database():
                # They need models, some of them with prices.
                for line in table([measure_sync(1), *part()]):
                    self.stdout.write(line)
            return
        if only == "benchmarks":
            with embedded_broker(settings.LAYOUT, say=self.stderr.write):
                self._print_benchmarks(runs)
            return
        # The gateway keeps its limits where the broker is.
        with embedded_broker(settings.LAYOUT, say=self.stderr.write):
            if only != "otlp":
                with scratch_database():
                    self._print_tables(runs, sync_runs, requests, only)
            if not only:
                self._print_benchmarks(runs)
            if only != "gateway":
                with scratch_database():
                    for line in measure_telemetry(SPANS):
                        self.stdout.write(line)

    def _print_benchmarks(self, runs: int) -> None:
        with scratch_database():
            measured = [*measure_benchmarks(), *measure_benchmark_page(runs)]
            for line in table(measured):
                self.stdout.write(line)

    def _part(
        self, options: dict[str, Any], runs: int
    ) -> Callable[[], Iterable[Measurement]] | None:
        """What is measured by itself after a sync of the catalogue."""
        is_long, said = options["long"], self.stderr
        rows = options["rows"] or (LONG_ROWS if is_long else ROWS)
        calls = LARGE if is_long else CALLS_AN_HOUR
        parts: dict[str | None, Callable[[], Iterable[Measurement]]] = {
            "what-if": lambda: [measure_what_if(runs, calls_an_hour=calls)],
            "recommendations": lambda: measure_recommendations(runs),
            "usage": lambda: measure_usage(runs, rows, said),
            "experiments": lambda: measure_experiments(runs, rows, said),
        }
        return parts.get(options["only"])

    def _print_tables(
        self, runs: int, sync_runs: int, requests: int, only: str | None
    ) -> None:
        if not only:
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
            *measure_configuration(runs),
            *measure_resolution(runs),
            *measure_routing(runs),
            *measure_recording(runs),
            *measure_intake(runs),
            measure_what_if(runs),
            *measure_mix(min(runs, 5)),
            *measure_recommendations(runs),
        ]
