"""A switch in one process is served by another one within a second."""

import os
import subprocess
import sys
import time
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from tests.factories import FeatureFactory, OrganizationFactory, enabled_model
from tests.registry.assigning import assigned

OTHER_PROCESS = """
import django
django.setup()
from registry.resolution.source import snapshot_source
source = snapshot_source().start()
print("ready", flush=True)
source.wait_until(
    lambda found: any(one.model_ids for one in found.configuration.features.values())
)
print("served", flush=True)
source.stop()
"""


def database_url() -> str:
    found = connection.settings_dict
    password = f":{quote(found['PASSWORD'], safe='')}" if found["PASSWORD"] else ""
    host = quote(found["HOST"] or "", safe="")
    port = f":{found['PORT']}" if found["PORT"] else ""
    return f"postgresql://{found['USER']}{password}@{host}{port}/{found['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_another_process_serves_a_switch_within_a_second():
    organization = OrganizationFactory()
    feature = FeatureFactory(organization=organization)
    model = enabled_model(organization)
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "ready\n"

        began = time.monotonic()
        assigned(feature, model)

        assert other.stdout.readline() == "served\n"
        assert time.monotonic() - began < 1
