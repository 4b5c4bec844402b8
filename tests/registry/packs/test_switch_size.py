"""200 features cost no more statements than two."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import AssignmentRevision
from registry.services.pack_switches import roll_back_switch, switch_pack
from tests.registry.packs.packing import entry, features, packed, served

ENOUGH = 30


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_a_switch_of_many_features_takes_as_many_statements_as_of_few(organization):
    served(organization, "one", "two")
    keys = [f"feature-{number}" for number in range(1000, 1200)]
    features(organization, *keys)
    few = [packed(organization, entry(keys[0], "openai/one"), slug="few")]
    many = packed(
        organization,
        *(entry(key, "openai/one", "openai/two") for key in keys),
        slug="many",
    )

    of_few = statements(lambda: switch_pack(version=few[0], actor=None))
    of_many = statements(lambda: switch_pack(version=many, actor=None))
    back = statements(lambda: roll_back_switch(organization=organization, actor=None))

    assert AssignmentRevision.objects.count() == 401
    assert of_many - of_few <= 2
    assert max(of_many, back) <= ENOUGH
