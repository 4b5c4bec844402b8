"""Runs pytest on a real PostgreSQL: the one of DATABASE_URL, else an embedded one that
starts for this run and stops with it. `python -m tests.run [pytest arguments]`."""

import os
import subprocess
import sys
from pathlib import Path

from modelhub.embedded.layout import Layout
from modelhub.embedded.postgres import UNSAFE_BUT_FAST, embedded_database

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    layout = Layout(ROOT / "var" / "test")
    with embedded_database(layout, options=UNSAFE_BUT_FAST):
        environment = {"DATABASE_URL": layout.database_url, **os.environ}
        environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        # Tests start many processes: none of them compiles what another one has.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / "var/test/bytecode"))
        return subprocess.call(
            [sys.executable, "-m", "pytest", *sys.argv[1:]], env=environment
        )


if __name__ == "__main__":
    sys.exit(main())
