"""Messages reach a mail server over SMTP, and what it refuses is said."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from registry.models import Role, User
from tests.factories import MembershipFactory
from tests.registry.mail_server import Mailbox, mail_server

PASSWORD = "Quite-long-42"


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    with mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_USE_TLS = False
        settings.DEFAULT_FROM_EMAIL = "ModelHub <hub@example.com>"
        yield box


@pytest.fixture
def admin(organization) -> Client:
    user = User.objects.create_user("boss@example.com", PASSWORD)
    MembershipFactory(organization=organization, role=Role.ADMIN, user=user)
    client = Client()
    client.post("/sign-in/", {"login": user.email, "password": PASSWORD})
    return client


def test_a_forgotten_password_is_set_by_what_the_server_took(client, admin, mailbox):
    client.post("/sign-in/forgotten/", {"email": "boss@example.com"})
    (message,) = mailbox.taken
    text = message.get_content()
    link = re.search(r"http://testserver(/\S+)", text)[1]
    page = client.get(link, follow=True)
    new = {"password1": "Another-long-43", "password2": "Another-long-43"}
    client.post(page.redirect_chain[-1][0], new)

    assert message["From"] == "ModelHub <hub@example.com>"
    assert message["To"] == "boss@example.com"
    assert message["Subject"] == "A new password for ModelHub"
    boss = User.objects.get(email="boss@example.com")
    assert boss.check_password("Another-long-43")


def test_an_invitation_is_mailed(admin, organization, mailbox):
    admin.post(
        "/settings/people/invite/", {"email": "new@example.com", "role": "viewer"}
    )

    (message,) = mailbox.taken
    assert message["To"] == "new@example.com"
    assert message["Subject"] == f"Invitation to {organization.name}"
    assert "by boss@example.com" in message.get_content()


def test_what_the_server_refuses_is_said_and_kept(client, admin, mailbox):
    mailbox.refuses = True

    forgotten = client.post("/sign-in/forgotten/", {"email": "boss@example.com"})
    change = {"email": "new@example.com", "password": PASSWORD}
    changed = admin.post("/account/email/", change)
    invite = {"email": "new@example.com", "role": "viewer"}
    invited = admin.post("/settings/people/invite/", invite)

    for response in (forgotten, changed):
        assert response.status_code == 503
        assert "did not take it" in response.content.decode()
    assert "new@example.com" in changed.content.decode()
    assert "did not take it" in invited.content.decode()


def test_a_server_that_is_away_is_said(client, db, settings, mailbox):
    settings.EMAIL_PORT = 9

    response = client.post("/sign-in/forgotten/", {"email": "x@example.com"})

    assert response.status_code == 503
