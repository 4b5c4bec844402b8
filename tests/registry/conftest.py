import pytest
from django.test import Client

from tests.factories import UserFactory


@pytest.fixture
def operator(db) -> Client:
    """A browser in which a superuser without any organisation is signed in."""
    client = Client()
    client.force_login(
        UserFactory(email="operator@example.com", is_staff=True, is_superuser=True)
    )
    return client
