"""Works on runs of benchmarks as a worker does, and prints the seconds that each took:
`python -m modelhub.bench.benchmark_work RUN …`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

import django
from celery import current_app


def work(run_ids: Sequence[int]) -> list[float]:
    from analytics.services.benchmark_claims import TASK

    current_app.loader.import_default_modules()
    task, taken = current_app.tasks[TASK], []
    for run_id in run_ids:
        started = time.perf_counter()
        task(run_id)
        taken.append(time.perf_counter() - started)
    return taken


def main() -> None:
    django.setup()
    print(json.dumps(work([int(one) for one in sys.argv[1:]])))  # noqa: T201  # its answer


if __name__ == "__main__":
    main()
