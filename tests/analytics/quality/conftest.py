import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from analytics.models import UsageRecord
from analytics.services import adjustments
from analytics.services.intake import take_in
from registry.models import AIModel, Organization, Role
from tests.analytics.intake.told import told
from tests.factories import (
    AIModelFactory,
    MembershipFactory,
    OrganizationFactory,
    PriceFactory,
)


@pytest.fixture
def organization(db) -> Organization:
    return OrganizationFactory()


@pytest.fixture
def gpt(db) -> AIModel:
    """`openai/gpt-9`, a dollar per million tokens in and three out."""
    model: AIModel = AIModelFactory(model_name="gpt-9")
    PriceFactory(ai_model=model)
    return model


@pytest.fixture(autouse=True)
def no_worker(monkeypatch) -> None:
    monkeypatch.setattr(adjustments, "wake_worker", lambda: None)


@pytest.fixture
def people(organization):
    """A signed-in client of each role."""

    def client(role: Role) -> Client:
        made = Client()
        made.force_login(MembershipFactory(organization=organization, role=role).user)
        return made

    return client


@pytest.fixture
def admin(people) -> Client:
    return people(Role.ADMIN)


def tell(organization: Organization, number: int, model: str = "acme/new") -> None:
    """So many calls of a model that nobody knows, one a minute; 1,000 tokens in and
    100 out: $0.0013 each at gpt-9's price. Told again, only the rest is new."""
    start = timezone.now() - datetime.timedelta(days=2)
    calls = [
        told(
            f"{model}-{index}",
            provider="",
            model=model,
            started_at=start + datetime.timedelta(minutes=index),
        )
        for index in range(number)
    ]
    take_in(organization, calls)


EACH_USD = Decimal("0.0013")


def standings(organization: Organization) -> list[tuple]:
    """Everything of all calls."""
    fields = [one.attname for one in UsageRecord._meta.concrete_fields]
    found = UsageRecord.objects.filter(organization_id=organization.pk)
    return [
        tuple(str(each[name]) for name in fields)
        for each in found.order_by("started_at", "id").values(*fields)
    ]
