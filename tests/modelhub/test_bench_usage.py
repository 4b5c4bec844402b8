"""What the bench makes is what the pages would read."""

import datetime

import pytest
from django.core.management import CommandError
from django.utils import timezone

from analytics.models import UsageRecord
from modelhub.bench.usage_rows import DAYS, MODELS, busy_hour, fill, make_organization
from registry.models import AIModel
from tests.factories import AIModelFactory, PriceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    for _ in range(MODELS):
        PriceFactory(ai_model=AIModelFactory(model_type="language"))
    return make_organization()


def test_about_as_many_calls_are_made_as_asked_for(made):
    organization, models = made
    fill(organization, models, timezone.now() - DAYS, DAYS, 2_000)

    calls = UsageRecord.objects.filter(organization_id=organization.pk)

    assert 1_500 < calls.count() < 2_500
    assert set(calls.values_list("outcome", flat=True)) == {"ok", "error"}
    assert calls.exclude(tags=None).exists()


def test_a_busy_hour_has_exactly_its_calls(made):
    organization, models = made
    hour = busy_hour(timezone.now())
    length = datetime.timedelta(hours=1)
    fill(organization, models, hour, length, 500)

    inside = UsageRecord.objects.filter(
        organization_id=organization.pk,
        started_at__gte=hour,
        started_at__lt=hour + length,
    )

    assert inside.count() == 500


def test_an_empty_catalogue_is_told_of():
    AIModel.objects.all().delete()

    with pytest.raises(CommandError, match="too few models"):
        make_organization()
