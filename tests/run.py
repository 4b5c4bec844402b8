"""Runs pytest on a real PostgreSQL: the one of DATABASE_URL, else an embedded one that
starts for this run and stops with it. `python -m tests.run [pytest arguments]`."""

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from modelhub.embedded.layout import Layout

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    if os.environ.get("DATABASE_URL"):
        server = nullcontext()
    else:
        from modelhub.embedded.postgres import running_postgres

        layout = Layout(ROOT / "var" / "test")
        os.environ["DATABASE_URL"] = layout.database_url
        server = running_postgres(layout)
    with server:
        return subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
