"""Channels, a receiver of webhooks, and alerts to send."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.models import Alert, AlertChannel, ChannelKind
from analytics.services.alert_channels import ChannelFacts, add_channel
from analytics.services.alerts import raise_alert
from registry.models import Role
from tests.factories import MembershipFactory
from tests.upstream.replies import Reply
from tests.upstream.server import FakeUpstream

SECRET = "of-tests-and-of-nobody-else"


@pytest.fixture
def admin_member(organization):
    return MembershipFactory(organization=organization, role=Role.ADMIN)


@pytest.fixture
def admin(admin_member) -> Client:
    client = Client()
    client.force_login(admin_member.user)
    return client


@pytest.fixture
def receiver() -> Iterator[FakeUpstream]:
    """A server that takes webhooks."""
    running = FakeUpstream(lambda received: Reply(pieces=(b"thanks",))).start()
    yield running
    running.stop()


@pytest.fixture
def webhook(organization, admin_member, receiver) -> AlertChannel:
    facts = ChannelFacts(
        label="Pager",
        is_on=True,
        min_severity=AlertSeverity.INFO,
        kinds=[],
        url=f"{receiver.url}/hook?team=7",
        secret=SECRET,
    )
    channel, _ = add_channel(
        organization=organization,
        kind=ChannelKind.WEBHOOK,
        facts=facts,
        actor=admin_member.user,
    )
    return channel


@pytest.fixture
def tell(organization) -> Callable[..., Alert | None]:
    """Raise an alert of `organization`, with the facts of interest."""

    def told(**facts):
        usual = {
            "kind": AlertKind.BUDGET,
            "occasion": "budget:12:2026-11:0.8",
            "title": "Support has spent 80 % of its budget",
            "at": timezone.now(),
        }
        return raise_alert(organization, **{**usual, **facts})

    return told
