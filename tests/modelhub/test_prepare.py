"""`modelhub prepare` readies a machine whose parts are started one by one."""

from io import StringIO

import pytest
from django.core.management import call_command

from modelhub.embedded.layout import Layout
from registry.models import User
from tests.factories import AIModelFactory


@pytest.fixture
def prepared(db, settings, tmp_path):
    """Prepares this machine; what it said."""
    settings.LAYOUT = Layout(tmp_path)
    settings.STATIC_ROOT = tmp_path / "static"
    # With a catalogue, so that none is loaded.
    AIModelFactory()

    def prepare() -> str:
        said = StringIO()
        call_command("prepare", stdout=said)
        return said.getvalue()

    return prepare


def test_it_makes_the_first_administrator_and_static_files(prepared, settings):
    said = prepared()

    assert "Sign in with this link, once: " in said
    assert said.endswith("Ready.\n")
    assert User.objects.get().is_superuser
    assert any(settings.STATIC_ROOT.iterdir())


def test_a_second_time_there_is_nothing_to_do(prepared):
    prepared()

    assert prepared() == "Ready.\n"
