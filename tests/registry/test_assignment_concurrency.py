"""Two people, two connections, one feature."""

import threading

import pytest
from django.db import connection

from registry.models import AssignmentRevision, AuditEntry
from registry.queries.assignments import current_revision
from registry.services.assignments import StaleAssignment, assign_model
from tests.factories import FeatureFactory, OrganizationFactory, enabled_model


def race(feature, wishes, expected):
    """Each wish assigned from its own thread and connection, all at once."""
    barrier = threading.Barrier(len(wishes))
    results = []

    def run(ai_model):
        try:
            barrier.wait(timeout=10)
            outcome = assign_model(
                feature=feature,
                ai_model=ai_model,
                actor=None,
                expected_revision=expected,
            )
            results.append(outcome.is_new)
        except StaleAssignment as stale:
            results.append(stale)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(wish,)) for wish in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results


@pytest.fixture
def feature(transactional_db):
    return FeatureFactory(organization=OrganizationFactory())


@pytest.mark.parametrize("already", [0, 1], ids=["first assignment", "a later change"])
def test_of_two_different_changes_one_wins_and_the_other_hears_of_it(feature, already):
    models = [enabled_model(feature.organization) for _ in range(3)]
    for number in range(already):
        assign_model(
            feature=feature, ai_model=models[2], actor=None, expected_revision=number
        )

    results = race(feature, models[:2], expected=already)

    winners = [one for one in results if one is True]
    losers = [one for one in results if isinstance(one, StaleAssignment)]
    assert (len(winners), len(losers)) == (1, 1)
    assert losers[0].current == current_revision(feature)
    assert AssignmentRevision.objects.count() == already + 1
    assert AuditEntry.objects.count() == already + 1


def test_the_same_change_from_two_sides_is_written_once_and_nobody_is_stale(feature):
    ai_model = enabled_model(feature.organization)

    results = race(feature, [ai_model] * 4, expected=0)

    assert sorted(results) == [False, False, False, True]
    assert AssignmentRevision.objects.count() == 1
