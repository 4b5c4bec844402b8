"""Many workers find the same threshold, and the same limit, at the same time."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from analytics.models import Alert, Budget
from analytics.services.budget_reconciling import reconcile_all
from registry.models import PackSwitch
from tests.analytics.test_budget_definitions import made, spent
from tests.registry.packs.packing import entry, features, packed, served

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8


def all_at_once(work):
    barrier, errors = threading.Barrier(WORKERS), []

    def run():
        try:
            barrier.wait(timeout=10)
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert errors == []


def test_a_threshold_is_told_and_a_pack_switched_once(organization):
    served(organization, "one", "two")
    features(organization, "planner")
    version = packed(organization, entry("planner", "openai/two"))
    made(
        organization,
        on_limit="switch",
        pack=version.pack,
        thresholds=[Decimal("0.5"), Decimal("0.8")],
    )
    spent(organization, "12")

    all_at_once(lambda: reconcile_all(timezone.now()))

    shares = [one.occasion.rsplit(":", 1)[1] for one in Alert.objects.order_by("pk")]
    assert shares == ["0.5", "0.8", "1"]
    assert PackSwitch.objects.count() == 1
    assert Budget.objects.get().spent_usd == 12
