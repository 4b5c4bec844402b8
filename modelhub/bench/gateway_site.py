"""A gateway to measure: one worker process in front of a provider that costs nothing,
with limits, a budget, a price and recording as in earnest."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import quote

import psutil
from django.conf import settings
from django.core.management import CommandError
from django.db import connection

from modelhub.bench.load import Load, Taken
from registry.models import (
    AIModel,
    Feature,
    ModelSetting,
    ModelType,
    Organization,
    Price,
    Provider,
)
from registry.services.api_tokens import create_token
from registry.services.assignments import assign_model
from registry.services.connections import add_connection, draft_connection

PROVIDER: Final = "openai-compatible"
MODEL: Final = "bench"
FEATURE: Final = "bench"
READY_S: Final = 60.0


@dataclass(frozen=True)
class GatewaySite:
    """Two running servers: the provider's and the gateway's."""

    upstream_port: int
    port: int
    token: str
    process_id: int

    def direct(self, load: Load) -> Taken:
        """The provider asked without a gateway."""
        return _put(load, self.upstream_port, self.token)

    def through(self, load: Load) -> Taken:
        return _put(load, self.port, self.token)

    def memory_mb(self) -> float:
        return float(psutil.Process(self.process_id).memory_info().rss) / 2**20


@contextmanager
def gateway_site() -> Iterator[GatewaySite]:
    """Starts both on the database that Django is connected to."""
    upstream_port, port = _free_port(), _free_port()
    token = _seed(f"http://127.0.0.1:{upstream_port}/v1")
    with tempfile.TemporaryDirectory(prefix="modelhub-bench-") as folder:
        upstream = _start("modelhub.bench.upstream", str(upstream_port))
        words = ["modelhub.asgi:application", "--port", str(port), "--no-access-log"]
        words += ["--log-level", "warning", "--no-server-header"]
        web = _start("uvicorn", *words, environment=environment(folder))
        try:
            _wait_for(upstream_port, "/v1/models", token)
            _wait_for(port, "/v1/models", token)
            yield GatewaySite(upstream_port, port, token, web.pid)
        finally:
            for process in (web, upstream):
                process.terminate()
                process.wait(20)


def _seed(url: str) -> str:
    """A feature assigned to a model at `url`; the token to ask it with."""
    organization = Organization.objects.create(name="Gateway", slug="gateway-bench")
    provider, _ = Provider.objects.get_or_create(slug=PROVIDER, name="Bench")
    draft = draft_connection(
        organization=organization,
        provider=provider,
        label="bench",
        key="sk-bench",
        base_url=url,
        requests_per_minute=10**8,
        tokens_per_minute=10**12,
    )
    add_connection(connection=draft, actor=None)
    feature = Feature.objects.create(
        organization=organization, key=FEATURE, name="Bench"
    )
    assign_model(
        feature=feature,
        ai_model=_model(organization, provider),
        actor=None,
        actor_label="bench",
        expected_revision=0,
    )
    return create_token(organization=organization, label="bench", actor=None).text


def _model(organization: Organization, provider: Provider) -> AIModel:
    """With a price, enabled, under a limit that it will not reach."""
    ai_model = AIModel.objects.create(
        provider=provider,
        model_name=MODEL,
        name=MODEL,
        model_type=ModelType.LANGUAGE,
        input_modalities=["text"],
        output_modalities=["text"],
        capabilities=["text_generation"],
        context_window=1_000_000,
    )
    Price.objects.create(
        ai_model=ai_model,
        source="bench",
        rates={"standard": {"input_mtok": "0.1", "output_mtok": "0.4"}},
        input_usd_per_million=Decimal("0.1"),
        output_usd_per_million=Decimal("0.4"),
    )
    ModelSetting.objects.create(
        organization=organization,
        ai_model=ai_model,
        is_enabled=True,
        monthly_limit_usd=Decimal(10**6),
    )
    return ai_model


def environment(folder: str) -> dict[str, str]:
    """The server's own: the same database and broker, another place for its files."""
    server = connection.settings_dict
    host = quote(str(server["HOST"] or "127.0.0.1"), safe="")
    user, password = quote(str(server["USER"])), quote(str(server["PASSWORD"]))
    port = f":{server['PORT']}" if server["PORT"] else ""
    keys = settings.MODELHUB_ENCRYPTION_KEYS
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "modelhub.settings",
        "DATABASE_URL": f"postgresql://{user}:{password}@{host}{port}/{server['NAME']}",
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "MODELHUB_ENCRYPTION_KEYS": keys if isinstance(keys, str) else ",".join(keys),
        "MODELHUB_VAR": folder,
    }


def _start(
    module: str, *words: str, environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", module, *words]
    return subprocess.Popen(command, env=environment)


def _put(load: Load, port: int, token: str) -> Taken:
    told = json.dumps(asdict(load) | {"port": port, "token": token})
    done = subprocess.run(
        [sys.executable, "-m", "modelhub.bench.load", told],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"The load cannot be put on: {done.stderr[-400:]}")
    taken = Taken(**json.loads(done.stdout))
    if taken.failures:
        raise CommandError(f"{taken.failures} of {load.count} requests failed.")
    return taken


def _wait_for(port: int, path: str, token: str) -> None:
    """Until somebody listens and answers with anything but "not yet"."""
    until = time.monotonic() + READY_S
    url = f"http://127.0.0.1:{port}{path}"
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  # loopback
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(asked, timeout=5):  # noqa: S310  # loopback
                return
        except urllib.error.HTTPError as error:
            if error.code != 503:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise CommandError(f"Nobody answers at port {port}.")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
