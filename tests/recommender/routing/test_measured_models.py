"""What an organisation found out of its models is read for the automatic choice."""

import pytest
from django.utils import timezone

from recommender.routing.measuring import found_of
from recommender.scoring.evidence import Kind
from tests.factories import OrganizationFactory
from tests.recommender.recommending.working import at_work, priced

pytestmark = pytest.mark.django_db


def test_calls_of_the_product_tell_success_and_latency():
    acme, other = OrganizationFactory(), OrganizationFactory()
    ai_model = priced(acme, "fair", "1", "2")
    at_work(acme, ai_model)

    found = found_of(acme.pk, timezone.now())

    (measured,) = found[ai_model.pk].measured
    assert (measured.kind, measured.mean, measured.count) == (Kind.PRODUCTION, 1, 24)
    assert found[ai_model.pk].latency_ms > 0
    assert found_of(other.pk, timezone.now()) == {}


def test_an_organisation_that_is_gone_has_nothing():
    assert found_of(0, timezone.now()) == {}
