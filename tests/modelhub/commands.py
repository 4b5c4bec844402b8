"""Runs the console command as a person does: in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping

from modelhub.embedded.layout import Layout
from tests.modelhub.embedding import REPOSITORY

NOT_INHERITED = {
    "CELERY_BROKER_URL",
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "HOST",
    "MODELHUB_ENCRYPTION_KEYS",
    "PORT",
    "SECRET_KEY",
}


def environment_for(layout: Layout, extra: Mapping[str, str] = {}) -> dict[str, str]:  # noqa: B006  # never changed
    kept = {
        name: value for name, value in os.environ.items() if name not in NOT_INHERITED
    }
    return {**kept, "MODELHUB_VAR": str(layout.var), **extra}


def modelhub(
    layout: Layout, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=REPOSITORY,
        env=environment_for(layout, environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
