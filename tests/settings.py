"""The product's settings with what tests change: speed, and a key that is no secret."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "tests-only-and-no-secret")
os.environ.setdefault(
    "MODELHUB_ENCRYPTION_KEYS", "dGVzdHMtb25seS1hbmQtbm8tc2VjcmV0LWF0LWFsbC4="
)

from modelhub.settings import *  # noqa: E402, F403
from modelhub.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Tests serve static files from their sources; nothing is collected.
SERVESTATIC_USE_FINDERS = True
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(
    Path(tempfile.gettempdir()) / f"modelhub-test-metrics-{os.getpid()}"
)
# Seconds for each sample organisation; the test of it says that it wants it.
MODELHUB_AFTER_SAMPLE = ""
# Of this test process alone: nobody else may write its calls into another database.
MODELHUB_SPOOL = Path(tempfile.gettempdir()) / f"modelhub-test-spool-{os.getpid()}"
# Tests have a database of their own, which no pooler knows.
DIRECT_DATABASE = None
