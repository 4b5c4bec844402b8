"""Two that tell of the same calls at once: each call counts once."""

import threading

import pytest
from django.db import connection

from analytics.models import UsageRecord
from analytics.services.intake import take_in
from tests.analytics.intake.told import told
from tests.factories import OrganizationFactory


@pytest.mark.django_db(transaction=True)
def test_two_tellers_of_the_same_calls_count_them_once():
    organization = OrganizationFactory()
    calls = [told(f"call-{number}") for number in range(300)]
    taken = []
    start = threading.Barrier(2)

    def tell(order):
        start.wait()
        for place in range(0, 300, 50):
            taken.append(take_in(organization, order[place : place + 50]))
        connection.close()

    tellers = [
        threading.Thread(target=tell, args=(order,)) for order in (calls, calls[::-1])
    ]
    for one in tellers:
        one.start()
    for one in tellers:
        one.join()

    assert sum(one.accepted for one in taken) == 300
    assert sum(one.duplicates for one in taken) == 300
    assert UsageRecord.objects.filter(organization_id=organization.pk).count() == 300
