import os

import pytest

from tests.modelhub.embedding import new_layout


@pytest.fixture
def layout(monkeypatch):
    """An installation of its own, with nothing that names another database."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    with new_layout() as made:
        yield made


@pytest.fixture
def as_nobody(layout):
    """The words before a command that run it as an ordinary user."""
    if os.geteuid() != 0:
        return ()
    os.chown(layout.var.parent, 65534, 65534)
    return ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@pytest.fixture
def broker(layout, settings):
    from modelhub.embedded.valkey import embedded_broker

    with embedded_broker(layout):
        settings.CELERY_BROKER_URL = layout.broker_url
        yield
