"""How log lines look: for people, or as JSON for programs (`LOG_FORMAT`)."""

from __future__ import annotations

import datetime
import json
import logging
from typing import Any, Final

from modelhub.redaction import without_secrets

FORMATS: Final = ("line", "json")


class LineFormatter(logging.Formatter):
    """One line for people; a traceback follows. Without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        document: dict[str, Any] = {
            "at": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "request_id": getattr(record, "request_id", ""),
            "organization": getattr(record, "organization", ""),
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            document["exception"] = without_secrets(trace)
        return json.dumps(document, ensure_ascii=False)


def logging_settings(log_format: str, level: str) -> dict[str, Any]:
    """Django's LOGGING. Loggers of the web server answer here too, whatever the server
    itself has set up before."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "modelhub.request_id.RequestIdFilter"}},
        "formatters": {
            "line": {
                "()": "modelhub.logs.LineFormatter",
                "format": "{asctime} {levelname} {name} [{request_id}] {message}",
                "style": "{",
            },
            "json": {"()": "modelhub.logs.JsonFormatter"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": log_format,
                "filters": ["request_id"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Each failed attempt is a line; the request that waited says so itself.
            "psycopg.pool": {"level": "ERROR"},
            # One line a call otherwise, with the address.
            "httpx2": {"level": "WARNING"},
            "uvicorn": {"handlers": ["console"], "propagate": False},
            "uvicorn.error": {"handlers": [], "propagate": True},
        },
    }
