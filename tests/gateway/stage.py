"""A small product on loopback: an organisation with a feature, models that answer from
fake providers, and a connection to each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from analytics.models import UsageRecord
from analytics.recorder import recorder
from modelhub.gateway.background import background, close_background
from registry import models
from registry.resolution.loading import announce_all
from registry.resolution.source import snapshot_source
from registry.services.assignments import assign_model
from registry.services.connections import add_connection, draft_connection
from registry.services.model_settings import enable_model
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    OrganizationFactory,
    PriceFactory,
    ProviderFactory,
)
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream

RATES = {"standard": {"input_mtok": "1", "cache_read_mtok": "0.1", "output_mtok": "10"}}
CAPABLE = ["text_generation", "tools", "image_analysis"]


@dataclass
class Place:
    """A model, its provider on loopback, and the connection to it."""

    ai_model: models.AIModel
    upstream: FakeUpstream
    connection: models.Connection


@dataclass
class Stage:
    """`places` are asked in this order when the feature is called."""

    organization: models.Organization
    places: list[Place] = field(default_factory=list)
    feature: models.Feature | None = None

    def add(self, handler=openai_wire.echo, **facts) -> Place:
        """One more model at a provider of its own; `facts` are of the model, `rates`
        its price, and `connection` fields of the connection."""
        number = len(self.places) + 1
        slug = facts.pop("provider", f"acme-{number}")
        fields = {"max_retries": 2, **facts.pop("connection", {})}
        rates = facts.pop("rates", RATES)
        provider = ProviderFactory(slug=slug)
        facts = {"capabilities": CAPABLE, "model_name": f"model-{number}", **facts}
        ai_model = AIModelFactory(provider=provider, **facts)
        PriceFactory(ai_model=ai_model, rates=rates)
        enable_model(ai_model=ai_model, organization=self.organization, actor=None)
        upstream = FakeUpstream(handler).start()
        draft = draft_connection(
            organization=self.organization,
            provider=provider,
            label=f"place {number}",
            key="sk-test-key",
            base_url=f"{upstream.url}/v1",
            **fields,
        )
        connection = add_connection(connection=draft, actor=None)
        self.places.append(Place(ai_model, upstream, connection))
        return self.places[-1]

    def assign(self, key: str = "chat", parameters=None, **facts) -> models.Feature:
        """Assign the feature: the first place answers, the others are fallbacks."""
        feature = self.feature or FeatureFactory(
            organization=self.organization, key=key, **facts
        )
        self.feature = feature
        current = models.Assignment.objects.filter(feature=feature).first()
        first, *others = [place.ai_model for place in self.places]
        assign_model(
            feature=feature,
            ai_model=first,
            fallbacks=others,
            parameters=parameters or {},
            actor=None,
            expected_revision=current.revision_number if current else 0,
        )
        return feature

    def rows(self) -> list[UsageRecord]:
        """Everything recorded of this organisation, in order."""
        assert recorder().flush()
        found = UsageRecord.objects.filter(organization_id=self.organization.pk)
        return list(found.order_by("started_at", "attempt"))

    def close(self) -> None:
        for place in self.places:
            place.upstream.stop()


@contextmanager
def gateway_here() -> Iterator[None]:
    """The gateway of this process; afterwards nothing of it is left, as the test's
    database is about to be emptied."""
    try:
        yield
    finally:
        close_background()
        snapshot_source().stop()
        recorder().stop()


def new_stage(*handlers, **facts) -> Stage:
    """A stage with a place for each handler and the feature `chat`, ready to be
    called by this process."""
    stage = Stage(OrganizationFactory())
    for handler in handlers or (openai_wire.echo,):
        stage.add(handler, **facts)
    stage.assign()
    know()
    return stage


def know() -> None:
    """Wait until this process serves what is stored now."""
    parts = background().submit(background().parts()).result(30)
    parts.source.wait_for(announce_all(), 10)
