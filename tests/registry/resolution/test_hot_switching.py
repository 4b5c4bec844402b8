"""A source that is fixed serves what it loaded first, but refuses revoked tokens."""

import pytest

from registry.models import Profile
from registry.resolution.loading import announce_all
from registry.resolution.source import SnapshotSource
from registry.services.api_tokens import create_token, revoke_token
from registry.services.profile_activation import activate_for_token
from registry.services.profiles import create_profile, edit_profile
from tests.factories import FeatureFactory, OrganizationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start():
    found = []

    def started(**options):
        source = SnapshotSource(**options).start()
        found.append(source)
        return source

    yield started
    for source in found:
        source.stop()


def test_a_fixed_source_follows_tokens_alone(start):
    organization = OrganizationFactory()
    old = create_token(organization=organization, label="old", actor=None).token
    fixed = start(is_fixed=True)

    FeatureFactory(organization=organization, key="new")
    revoke_token(token=old, actor=None)
    new = create_token(organization=organization, label="new", actor=None).token
    found = fixed.wait_until(lambda one: one.token(new.digest) is not None)

    assert found.token(old.digest) is None
    assert found.feature(organization.pk, "new") is None


def test_a_profile_and_who_has_it_arrive(start):
    organization = OrganizationFactory()
    source = start()

    profile = create_profile(organization=organization, name="Laptop", actor=None)
    token = create_token(organization=organization, label="shop", actor=None).token
    activate_for_token(token=token, profile=profile, actor=None)
    edit_profile(
        profile=profile,
        expected_version=1,
        actor=None,
        document={"roles": {"*": {"allow_cloud": False}}},
    )
    found = source.wait_for(announce_all())

    assert found.token(token.digest).profile == "laptop"
    entry = found.profile(organization.pk, "laptop")
    assert entry.document.roles["*"].allow_cloud is False


def test_a_circle_in_the_database_makes_a_profile_unusable(start):
    organization = OrganizationFactory()
    create_profile(organization=organization, name="a", actor=None)
    Profile.objects.update(document={"extends": "a"})

    entry = start().current.profile(organization.pk, "a")

    assert entry.problem == "It extends itself: a → a."
