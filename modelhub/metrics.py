"""`/metrics` for Prometheus: what processes of this machine counted, and how things
stand in the database, the broker and the spool at the moment of asking."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from modelhub.standing import standing
from registry import instruments
from registry.models import AIModel, Organization

REFUSED: Final = (
    "Metrics are for this machine. From elsewhere, set METRICS_TOKEN and send it as "
    "`Authorization: Bearer …`.\n"
)


def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read(request):
        return HttpResponse(REFUSED, status=403, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(_Everything())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """With the token where there is one; else from this machine, unless a proxy of this
    machine asks for somebody else."""
    token = settings.METRICS_TOKEN
    if token:
        said = request.headers.get("Authorization", "")
        return hmac.compare_digest(said.encode(), f"Bearer {token}".encode())
    is_passed_on = any(
        name in request.headers for name in ("Forwarded", "X-Forwarded-For", "Via")
    )
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback and not is_passed_on


class _Everything(Collector):
    def collect(self) -> Iterable[Metric]:
        yield from standing()
        if instruments.folder().is_dir():
            instruments.forget_dead()
            found = _collected()
            yield from _named(found)


def _collected() -> list[Metric]:
    # Both are untyped.
    collector = MultiProcessCollector(None, str(instruments.folder()))  # type: ignore[no-untyped-call]
    return list(collector.collect())  # type: ignore[no-untyped-call]


def _named(found: list[Metric]) -> list[Metric]:
    """With names in the place of numbers of rows; without the database, as they are."""
    try:
        organizations = {
            str(pk): slug for pk, slug in Organization.objects.values_list("pk", "slug")
        }
        numbers = {
            sample.labels["model"]
            for metric in found
            for sample in metric.samples
            if sample.labels.get("model", "").isdigit()
        }
        rows = AIModel.objects.filter(pk__in=numbers).select_related("provider")
        models = {str(row.pk): row.reference for row in rows}
    except Error:
        return found
    for metric in found:
        metric.samples = [
            _renamed(one, organizations, models) for one in metric.samples
        ]
    return found


def _renamed(
    sample: Sample, organizations: dict[str, str], models: dict[str, str]
) -> Sample:
    labels = dict(sample.labels)
    for name, names in (("organization", organizations), ("model", models)):
        if name in labels:
            labels[name] = names.get(labels[name], labels[name])
    return sample._replace(labels=labels)
