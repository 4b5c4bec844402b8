import pytest
from django.db import OperationalError, connections
from django.test import AsyncClient

from modelhub import operations
from registry.resolution.source import snapshot_source


def test_healthz_answers_anybody(client):
    response = client.get("/healthz", headers={"host": "10.1.2.3"})

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_for_reading(client, path):
    assert client.post(path).status_code == 405


def test_healthz_asks_the_database_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        client.get("/healthz")


async def ask(path: str) -> int:
    return (await AsyncClient().get(path)).status_code


def test_probes_answer_under_asgi_too():
    from asgiref.sync import async_to_sync

    assert async_to_sync(ask)("/healthz") == 200


def test_readyz_is_ready_with_database_migrations_and_broker(client, db, broker):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "broker": "ok"},
    }


def test_readyz_counts_migrations_to_apply(client, db, broker):
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'registry'")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["migrations"].endswith(" to apply")


def test_readyz_says_that_the_broker_is_away(client, db, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "refused" in response.json()["checks"]["broker"]


def test_readyz_says_that_the_database_is_away(client, db, broker, monkeypatch):
    def refuse(*args: object) -> None:
        raise OperationalError("connection failed: Connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "cursor", refuse)
        response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "checks": {
            "database": "Connection refused",
            "migrations": "not checked",
            "broker": "ok",
        },
    }


def test_no_migration_is_missing_in_a_fresh_test_database(db):
    assert operations.missing_migrations() == 0


def test_readyz_says_where_the_configuration_is_fixed(client, db, broker, settings):
    settings.MODELHUB_HOT_SWITCHING = False

    assert client.get("/readyz").json()["configuration"] == "fixed at start"


def test_readyz_says_what_snapshot_this_process_serves(client, db, broker):
    source = snapshot_source()
    source.start()
    try:
        document = client.get("/readyz").json()
        assert document["checks"]["snapshot"] == "ok"
        assert document["snapshot"]["version"] == source.current.version
        assert document["snapshot"]["is_current"]
        assert document["snapshot"]["age_seconds"] >= 0

        source.is_listening, source.problem = False, "connection refused"
        response = client.get("/readyz")
        assert response.status_code == 503
        said = response.json()["checks"]["snapshot"]
        assert said == "changes do not arrive: connection refused"
    finally:
        source.stop()
        source.problem = ""
        vars(source).pop("current", None)
