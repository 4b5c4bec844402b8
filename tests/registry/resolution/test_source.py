"""Every process serves a change within a second, whatever happens to its listener."""

import threading
import time
from functools import partial

import psycopg
import pytest
from django.db import connection, transaction

from registry.models import ApiToken, Feature, Price
from registry.resolution.loading import announce_all, read_version
from registry.resolution.shared_listener import connect_listener
from registry.resolution.source import ConfigurationNotLoaded, SnapshotSource
from tests.factories import (
    FeatureFactory,
    OrganizationFactory,
    PriceFactory,
    enabled_model,
)
from tests.registry.assigning import assigned

pytestmark = pytest.mark.django_db(transaction=True)
LISTENERS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = 'modelhub configuration' AND datname = current_database()
"""


@pytest.fixture
def sources():
    """Two sources, as two processes would have them."""
    # Each with a connection of its own: those of one process share one.
    ways = [partial(connect_listener) for _ in range(2)]
    found = [SnapshotSource(way).start() for way in ways]
    yield found
    for source in found:
        source.stop()


def connect_nowhere() -> psycopg.Connection:
    return psycopg.connect("host=127.0.0.1 port=1 dbname=nowhere")


def end_listeners() -> int:
    with connection.cursor() as cursor:
        cursor.execute(LISTENERS)
        return cursor.fetchone()[0]


def test_a_switch_is_served_by_everybody(sources):
    organization = OrganizationFactory()
    feature = FeatureFactory(organization=organization, key="tagging")
    model = enabled_model(organization)
    for source in sources:
        source.wait_until(lambda found: found.feature(organization.pk, "tagging"))

    assigned(feature, model)
    for source in sources:
        source.wait_until(
            lambda found: found.feature(organization.pk, "tagging").model_ids
        )


def test_a_revoked_token_is_gone_everywhere(sources):
    token = ApiToken.objects.create(
        organization=OrganizationFactory(), label="shop", digest="d" * 64, scopes=[]
    )
    for source in sources:
        source.wait_until(lambda found: found.token("d" * 64))

    ApiToken.objects.filter(pk=token.pk).update(revoked_at="2026-11-21T00:00Z")
    for source in sources:
        source.wait_until(lambda found: not found.token("d" * 64))


def test_a_change_of_the_catalogue_is_read_too(sources):
    price = PriceFactory()

    found = sources[0].wait_for(announce_all())

    assert found.price(1, price.ai_model_id, price.created_at).price_id == price.pk
    assert Price.objects.count() == 1


def test_a_change_that_is_rolled_back_is_never_served(sources):
    with transaction.atomic():
        feature = FeatureFactory(key="ghost")
        transaction.set_rollback(True)
    kept = FeatureFactory(key="kept")

    for source in sources:
        found = source.wait_until(
            lambda found: found.feature(kept.organization_id, "kept")
        )
        assert found.feature(feature.organization_id, "ghost") is None


def test_a_change_arrives_although_the_listeners_are_killed(sources):
    assert end_listeners() == 2
    feature = FeatureFactory(key="after-the-cut")

    for source in sources:
        source.wait_until(
            lambda found: found.feature(feature.organization_id, "after-the-cut")
        )
        assert source.is_listening
    assert end_listeners() == 2


def test_noting_what_happened_announces_nothing():
    ApiToken.objects.create(
        organization=OrganizationFactory(), label="shop", digest="d" * 64, scopes=[]
    )
    before = read_version()

    ApiToken.objects.update(last_used_at="2026-11-21T00:00Z")

    assert read_version() == before


def test_emptying_a_table_is_announced():
    before = read_version()

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {Feature._meta.db_table} CASCADE")

    assert read_version() > before


def test_the_last_snapshot_is_served_while_the_database_is_away():
    ways = [connect_listener, connect_nowhere, connect_nowhere]
    source = SnapshotSource(lambda: ways.pop(0)() if ways else connect_listener())
    before = source.start().current

    end_listeners()
    while source.is_listening:
        time.sleep(0.001)
    during, problem = source.current, source.problem
    source.wait_until(lambda found: found is not before)
    source.stop()

    assert during is before
    assert problem


def test_those_of_one_process_share_a_connection_that_goes_with_the_last(caplog):
    first, second = SnapshotSource().start(), SnapshotSource().start()
    feature = FeatureFactory(key="for-both")
    for source in (first, second):
        source.wait_until(
            lambda found: found.feature(feature.organization_id, "for-both")
        )

    first.stop()
    assert end_listeners() == 1
    second.wait_until(lambda _: second.is_listening)
    second.stop()

    assert end_listeners() == 0
    assert "pooler" not in caplog.text


def test_a_start_without_database_says_so():
    source = SnapshotSource(connect_nowhere)

    with pytest.raises(ConfigurationNotLoaded, match="cannot be loaded: .*port 1"):
        source.start()


def test_a_source_that_is_not_started_says_so():
    with pytest.raises(ConfigurationNotLoaded, match="the source is not started"):
        _ = SnapshotSource().current


def test_starting_twice_is_starting_once(sources):
    threads = threading.active_count()

    assert sources[0].start() is sources[0]
    assert threading.active_count() == threads


def test_stopping_ends_the_thread_and_its_connections():
    source = SnapshotSource().start()

    source.stop()

    assert end_listeners() == 0
    assert not source.is_listening
    assert source.start().is_listening
    source.stop()
