"""The scheduled check is a door to the service; operators may look, not change."""

from django.conf import settings
from django.test import Client
from django.urls import reverse

from registry.models import Connection
from registry.tasks import check_connections
from tests.factories import ConnectionFactory


def test_the_schedule_checks_every_connection(db):
    ConnectionFactory(key="")

    check_connections()

    assert Connection.objects.get().checked_at is not None
    planned = settings.CELERY_BEAT_SCHEDULE["check-connections"]
    assert planned["task"] == check_connections.name


def test_the_admin_shows_a_connection_without_its_secrets(operator: Client):
    connection = ConnectionFactory(key="sk-admin-0123456789")
    url = reverse("admin:registry_connection_change", args=[connection.pk])

    page = operator.get(url).content.decode()

    assert "…6789" in page
    assert connection.encrypted_key not in page
    assert operator.post(url, {"label": "x"}).status_code == 403
