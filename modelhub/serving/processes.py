"""The processes of one machine: web server, worker, scheduler."""

import os
import signal
import socket
import sys

from django.core.exceptions import ImproperlyConfigured

from modelhub.embedded.layout import Layout
from modelhub.env import env_int, env_text
from modelhub.serving.supervisor import PATIENCE_SECONDS, Child

WEB_POOL_SIZE = "8"
SHUTDOWN_SECONDS = 25
NO_ROOT_WARNING = "ignore:You're running the worker with superuser privileges"


def web_servers(listener: socket.socket) -> list[Child]:
    """The web servers, as many as WEB_WORKERS says; all take requests from the one
    listening socket."""
    number = env_int("WEB_WORKERS", 1)
    if number < 1:
        raise ImproperlyConfigured("WEB_WORKERS must be at least 1.")
    if number == 1:
        return [web(listener)]
    return [web(listener, f"web server {one}") for one in range(1, number + 1)]


def web(listener: socket.socket, name: str = "web server") -> Child:
    command = [sys.executable, "-m", "uvicorn", "modelhub.asgi:application"]
    command += ["--fd", str(listener.fileno()), "--no-access-log"]
    command += ["--log-level", "warning", "--no-server-header"]
    grace = shutdown_seconds()
    command += ["--timeout-graceful-shutdown", str(grace)]
    pool = os.environ.get("DATABASE_POOL_SIZE", WEB_POOL_SIZE)
    return Child(
        name=name,
        command=command,
        environment={"DATABASE_POOL_SIZE": pool},
        pass_fds=(listener.fileno(),),
        # It still gives back what it leased and writes what it recorded.
        patience_s=grace + PATIENCE_SECONDS,
    )


def shutdown_seconds() -> int:
    """How long running requests and streams may take to end by themselves."""
    seconds = env_int("SHUTDOWN_SECONDS", SHUTDOWN_SECONDS)
    if seconds < 0:
        raise ImproperlyConfigured("SHUTDOWN_SECONDS must not be below 0.")
    return seconds


def worker() -> Child:
    concurrency = env_int("WORKER_CONCURRENCY", 2)
    command = [*celery(), "worker", "--loglevel", log_level()]
    command += ["--concurrency", str(concurrency), "--without-mingle"]
    return Child(
        name="worker",
        command=command,
        environment={"PYTHONWARNINGS": NO_ROOT_WARNING},
        firm_signal=signal.SIGQUIT,
    )


def scheduler(layout: Layout) -> Child:
    schedule = layout.var / "schedule"
    command = [*celery(), "beat", "--loglevel", log_level()]
    command += ["--schedule", str(schedule), "--pidfile="]
    return Child(name="scheduler", command=command)


def celery() -> list[str]:
    return [sys.executable, "-m", "celery", "--quiet", "--app", "modelhub"]


def log_level() -> str:
    return env_text("LOG_LEVEL", "WARNING").lower()
