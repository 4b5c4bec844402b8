"""A worker on runs of benchmarks that is a process of its own."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

from django.db import connection

from tests.gateway.benchmarking.suites import results
from tests.gateway.site import ROOT
from tests.migrated import database_url

WORK = """
import sys, django
django.setup()
from modelhub.gateway.benchmarking.worker import perform
perform(int(sys.argv[1]))
from modelhub.gateway.background import close_background
close_background()
"""


@contextmanager
def worker(run):
    """A process that works on the run, over the database of this test."""
    process = subprocess.Popen(
        [sys.executable, "-c", WORK, str(run.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
            "CELERY_BROKER_URL": "memory://",
        },
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def wait_for(run, answers: int) -> None:
    wait_until(lambda: results(run, state="done").count() >= answers)


def wait_until(is_so) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until, "The worker does nothing."
        time.sleep(0.02)
