"""What the sample organisation knows besides its calls makes two more charts mean
something."""

import datetime

import pytest

from analytics.demo.features import FEATURES
from analytics.demo.worth import USUAL, VALUES_USD, invoiced_share
from analytics.models import FeatureValue, ProviderInvoiceLine
from analytics.queries.invoice_differences import invoice_differences
from analytics.queries.returns import returns
from registry.models import Organization
from tests.analytics.demo.conftest import ENDS_AT

DAY = datetime.date(2026, 11, 20)


def test_values_are_of_features_that_there_are():
    assert set(VALUES_USD) < {one.key for one in FEATURES}


def test_the_same_day_and_model_are_invoiced_the_same():
    shares = {invoiced_share(DAY, "openai/gpt-5-mini") for _ in range(3)}

    assert len(shares) == 1
    assert 1 <= shares.pop() <= 1 + USUAL


@pytest.mark.django_db
def test_returns_and_invoices_have_figures_of_both_sides(load_sample):
    organization = Organization.objects.get(pk=load_sample().organization_id)
    found = returns(organization, ENDS_AT - datetime.timedelta(days=6), ENDS_AT)
    first = (ENDS_AT - datetime.timedelta(days=6)).date()
    compared = invoice_differences(organization, first, ENDS_AT.date())
    known = [one for one in compared if one.change_usd is not None]

    assert FeatureValue.objects.filter(feature__organization=organization).count() > 9
    assert found.has_value
    assert found.steps
    assert ProviderInvoiceLine.objects.filter(organization=organization).exists()
    assert known
    assert all(abs(one.percent) < 8 for one in known if one.percent is not None)
