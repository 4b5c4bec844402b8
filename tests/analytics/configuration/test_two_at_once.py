"""Two people apply the same plan at the same moment: one wins, the other is told."""

import threading

import pytest
from django.db import connection

from analytics.services.configuration import (
    StalePlan,
    apply_configuration,
    try_configuration,
)
from registry.models import AuditEntry
from tests.analytics.configuration.conftest import wanted
from tests.factories import AIModelFactory, OrganizationFactory

TEXT = "modelhub: 1\nmodels: {openai/one: {enabled: true}}\nfeatures: {planner: {}}\n"


@pytest.mark.django_db(transaction=True)
def test_of_two_applies_at_once_one_is_told():
    organization = OrganizationFactory()
    AIModelFactory(model_name="one")
    seen = try_configuration(organization=organization, wanted=wanted(TEXT)).plan
    start, outcomes = threading.Barrier(2), []

    def apply():
        try:
            start.wait()
            apply_configuration(
                organization=organization,
                wanted=wanted(TEXT),
                actor=None,
                expected=seen.fingerprint,
            )
            outcomes.append("applied")
        except StalePlan:
            outcomes.append("told")
        finally:
            connection.close()

    people = [threading.Thread(target=apply) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert sorted(outcomes) == ["applied", "told"]
    assert AuditEntry.objects.filter(action="configuration.applied").count() == 1
