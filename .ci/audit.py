"""Asks the OSV database whether a pinned package has a known fault. In `make check`.
Where the database cannot be reached, one line says so and the check passes.

    python .ci/audit.py [lock file …]
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATABASE = os.environ.get("OSV_URL", "https://api.osv.dev")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)")
ACCEPTED = HERE / "audit-accepted.txt"
"""Ids of faults that do not touch us, one a line, with the reason behind a `#`."""
SECONDS = 20


class Unreachable(Exception):
    """The database did not answer; the text says why."""


def main(arguments: list[str]) -> int:
    files = [Path(one) for one in arguments] or [HERE / "requirements-dev.lock"]
    packages = sorted({pin for one in files for pin in pins(one.read_text())})
    try:
        found = faults(packages)
    except Unreachable as error:
        say(f"Skipped: known faults cannot be looked up at {DATABASE} ({error}).")
        return 0
    left = {pin: ids - accepted() for pin, ids in found.items() if ids - accepted()}
    for (name, version), ids in sorted(left.items()):
        say(f"{name} {version}: {', '.join(sorted(ids))}")
    if left:
        say("See https://osv.dev/<id>; raise the version and run `make lock`.")
        return 1
    say(f"{len(packages)} packages, no known fault.")
    return 0


def pins(text: str) -> set[tuple[str, str]]:
    matches = map(PINNED.match, text.splitlines())
    return {(one[1].lower(), one[2]) for one in matches if one}


def accepted() -> set[str]:
    text = ACCEPTED.read_text() if ACCEPTED.exists() else ""
    words = (line.partition("#")[0].strip() for line in text.splitlines())
    return {word for word in words if word}


def faults(packages: list[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    """Ids of faults by package and version. Raises Unreachable."""
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in packages
    ]
    request = urllib.request.Request(  # noqa: S310  # the operator's own address
        f"{DATABASE}/v1/querybatch",
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            results = json.load(response)["results"]
    except (OSError, ValueError, KeyError) as error:
        raise Unreachable(str(error)) from error
    return {
        package: {one["id"] for one in result.get("vulns", ())}
        for package, result in zip(packages, results, strict=True)
    }


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
