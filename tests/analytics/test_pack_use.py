import datetime
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import UsageRecord
from analytics.queries.pack_use import pack_use
from analytics.usage_row import Outcome
from analytics.wilson import wilson
from tests.analytics.calls import UNPRICED
from tests.analytics.records import record
from tests.registry.packs.packing import entry, packed, repacked


@pytest.fixture
def versions(organization):
    first = packed(organization, entry("planner", "a/b"))
    return first, repacked(first, entry("planner", "a/c"))


def called(version, **facts):
    return record(version.pack.organization, pack_version_id=version.pk, **facts)


def test_each_version_counts_its_own(versions):
    first, second = versions
    for _ in range(3):
        called(first)
    called(first, outcome=Outcome.ERROR, cost=UNPRICED)
    called(second)

    newest, oldest = pack_use(first.pack)

    assert (newest.version, newest.requests) == (second, 1)
    assert (oldest.requests, oldest.calls) == (4, 4)
    assert oldest.cost_usd == 3 * Decimal("0.0010026")
    assert oldest.unpriced_percent == 25.0
    assert oldest.success == wilson(3, 4)


def test_a_request_of_two_attempts_is_one_and_answered(versions):
    request = uuid.uuid4()
    called(versions[0], request_id=request, outcome=Outcome.ERROR)
    called(versions[0], request_id=request, attempt=2)

    _, oldest = pack_use(versions[0].pack)

    assert (oldest.requests, oldest.calls, oldest.success.share) == (1, 2, 1.0)


def test_a_request_that_the_client_left_is_no_failure(versions):
    called(versions[0])
    called(versions[0], outcome=Outcome.CANCELLED)

    _, oldest = pack_use(versions[0].pack)

    assert (oldest.requests, oldest.success.count) == (2, 1)


def test_without_use_nothing_is_claimed(versions):
    newest, _ = pack_use(versions[0].pack)

    assert (newest.requests, newest.cost_usd, newest.success) == (0, None, None)
    assert newest.cost_per_request_usd is None


def test_a_range_of_time_and_other_organisations_are_kept_apart(versions):
    long_ago = timezone.now() - datetime.timedelta(days=40)
    called(versions[0])
    UsageRecord.objects.update(pack_version_id=versions[0].pk + 10_000)
    called(versions[0], started_at=timezone.now())
    stranger = versions[0].pack.organization
    stranger.pk += 1_000
    record(stranger, pack_version_id=versions[0].pk)

    _, oldest = pack_use(versions[0].pack, since=long_ago)

    assert oldest.requests == 1


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634)],
)
def test_the_interval_is_wilsons(successes, count, low, high):
    rate = wilson(successes, count)

    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


def test_more_successes_than_trials_make_no_sense():
    with pytest.raises(ValueError, match="between none and all"):
        wilson(3, 2)
