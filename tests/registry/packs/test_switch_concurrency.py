"""Two people, two connections, one organisation."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from registry.models import ActivePack, AssignmentRevision, AuditEntry, PackSwitch
from registry.queries.assignments import current_revision
from registry.queries.pack_difference import pack_difference
from registry.services.assignments import StaleAssignment, assign_model
from registry.services.pack_switches import StaleSwitch, switch_pack
from tests.factories import OrganizationFactory
from tests.registry.packs.packing import entry, features, packed, served


@pytest.fixture
def organization(transactional_db):
    return OrganizationFactory()


@pytest.fixture
def models(organization):
    return served(organization, "one", "two")


@pytest.fixture
def planner(organization):
    return features(organization, "planner")[0]


def at_once(*works):
    """Each work in its own thread and connection; what they returned or raised."""
    barrier = threading.Barrier(len(works))
    results = []

    def run(work):
        try:
            barrier.wait(timeout=10)
            results.append(work())
        except (StaleSwitch, StaleAssignment) as stale:
            results.append(stale)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


def test_of_two_switches_one_wins_and_the_other_is_told(organization, models, planner):
    versions = [
        packed(organization, entry("planner", f"openai/{name}"), slug=name)
        for name in ("one", "two")
    ]
    seen = pack_difference(versions[0], timezone.now()).expected

    def switch(version):
        return lambda: switch_pack(version=version, actor=None, expected=seen)

    results = at_once(*map(switch, versions))

    (loser,) = [one for one in results if isinstance(one, StaleSwitch)]
    active = ActivePack.objects.get()
    assert str(loser) == (
        f"Somebody else switched meanwhile: {active.version} is in force."
    )
    assert current_revision(planner).pack_version == active.version
    assert (active.switch_count, PackSwitch.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(action="pack.switched").count() == 1


def test_the_same_switch_from_four_sides_happens_once(organization, models, planner):
    version = packed(organization, entry("planner", "openai/one"))
    seen = pack_difference(version, timezone.now()).expected

    results = at_once(
        *[lambda: switch_pack(version=version, actor=None, expected=seen)] * 4
    )

    assert sorted(one.is_new for one in results) == [False, False, False, True]
    assert AssignmentRevision.objects.count() == 1


def test_a_switch_and_an_assignment_at_once_lose_neither(organization, models, planner):
    version = packed(organization, entry("planner", "openai/one"))

    def assign():
        return assign_model(
            feature=planner, ai_model=models[1], actor=None, expected_revision=0
        )

    results = at_once(lambda: switch_pack(version=version, actor=None), assign)

    numbers = list(
        AssignmentRevision.objects.order_by("number").values_list("number", flat=True)
    )
    told = [one for one in results if isinstance(one, Exception)]
    # Whoever came second was told, or the switch came second and saw the assignment.
    assert len(numbers) + len(told) == 2
    assert numbers == list(range(1, len(numbers) + 1))
    assert current_revision(planner).number == numbers[-1]


def test_an_assignment_since_the_difference_was_seen_is_not_overwritten(
    organization, models, planner
):
    version = packed(organization, entry("planner", "openai/one"))
    seen = pack_difference(version, timezone.now()).expected
    assign_model(feature=planner, ai_model=models[1], actor=None, expected_revision=0)

    with pytest.raises(StaleSwitch, match="was assigned meanwhile"):
        switch_pack(version=version, actor=None, expected=seen)

    assert current_revision(planner).ai_model == models[1]
    assert not ActivePack.objects.filter(version__isnull=False).exists()
