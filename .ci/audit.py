"""Asks the OSV database whether a pinned package has a known fault. In `make check`.
Where the database cannot be reached, one line says so and the check passes.

    python .ci/audit.py [--accepted FILE] [lock file …]

0: no known fault, or nobody to ask; 1: a known fault; 2: a lock or the list of accepted
faults makes no sense, or the database does not understand the question.
"""

import argparse
import datetime
import http.client
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATABASE = os.environ.get("OSV_URL", "https://api.osv.dev").rstrip("/")
LOCKS = ("requirements-dev.lock", "requirements.lock", "local-model.lock")
ACCEPTED = HERE / "audit-accepted.txt"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)")
LINE = re.compile(r"(\S+)\s+(\d{4}-\d\d-\d\d)\s+#\s*(\S.*)")
SECONDS = 20
AT_ONCE = 500
"""OSV takes at most 1,000 questions in one request."""
MISUNDERSTOOD = (400, 413, 422)

Pin = tuple[str, str]
"""Name, as the index writes it, and version."""


class Unreachable(Exception):
    """The database did not answer; the text says why, in one line."""


class Wrong(Exception):
    """Nothing can be said of the packages; the text says what to mend."""


@dataclass(frozen=True)
class Acceptance:
    """A fault that does not touch us, until the end of a day."""

    id: str
    until: datetime.date
    reason: str


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="audit.py", description=__doc__)
    parser.add_argument("--accepted", type=Path, default=ACCEPTED, metavar="FILE")
    parser.add_argument("locks", nargs="*", type=Path, metavar="LOCK")
    options = parser.parse_args(arguments)
    try:
        accepted = acceptances(options.accepted)
        packages = pins(options.locks or [HERE / name for name in LOCKS])
        return tell(packages, faults(packages), accepted)
    except Unreachable as error:
        say(f"Skipped: known faults cannot be looked up at {DATABASE} ({error}).")
        return 0
    except Wrong as error:
        say(str(error))
        return 2


def pins(locks: list[Path]) -> list[Pin]:
    """Every package of the locks. Raises Wrong where one holds none: a lock of another
    form must not look like one without faults."""
    found: set[Pin] = set()
    for lock in locks:
        matches = map(PINNED.match, lock.read_text().splitlines())
        pinned = {(normal(one[1]), one[2]) for one in matches if one}
        if not pinned:
            raise Wrong(f"{lock.name} pins no package that can be read.")
        found |= pinned
    return sorted(found)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def acceptances(path: Path) -> list[Acceptance]:
    """Raises Wrong for a line without an end or a reason."""
    found = []
    lines = path.read_text().splitlines() if path.exists() else []
    for number, line in enumerate(map(str.strip, lines), start=1):
        if not line or line.startswith("#"):
            continue
        said = LINE.fullmatch(line)
        try:
            until = datetime.date.fromisoformat(said[2]) if said else None
        except ValueError:
            until = None
        if said is None or until is None:
            raise Wrong(
                f"{path.name}, line {number}: write the id, the last day that it is "
                "accepted and the reason: GHSA-… 2027-01-31 # why it does not touch us."
            )
        found.append(Acceptance(said[1], until, said[3]))
    return found


def tell(
    packages: list[Pin], found: dict[Pin, set[str]], accepted: list[Acceptance]
) -> int:
    today = datetime.datetime.now(datetime.UTC).date()
    holding = {one.id for one in accepted if one.until >= today}
    over = {one.id: one.until for one in accepted if one.until < today}
    left = {pin: ids - holding for pin, ids in found.items() if ids - holding}
    for (name, version), ids in sorted(left.items()):
        told = [f"{id} (accepted until {over[id]})" if id in over else id for id in ids]
        say(f"{name} {version}: {', '.join(sorted(told))}")
    every = set().union(*found.values()) if found else set()
    for one in accepted:
        if one.id not in every:
            say(f"{one.id} is accepted and no longer found: take it off the list.")
    if left:
        say("See https://osv.dev/<id>; raise the version and run `make lock`.")
        return 1
    count = len(every & holding)
    said = f", {count} accepted" if count else ""
    say(f"{len(packages)} packages, no known fault{said}.")
    return 0


def faults(packages: list[Pin]) -> dict[Pin, set[str]]:
    """Ids of faults by package and version. Raises Unreachable and Wrong."""
    found: dict[Pin, set[str]] = defaultdict(set)
    for start in range(0, len(packages), AT_ONCE):
        open_questions = [(pin, "") for pin in packages[start : start + AT_ONCE]]
        while open_questions:
            following = []
            for pin, ids, page in answers(open_questions):
                found[pin] |= ids
                if page:
                    following.append((pin, page))
            open_questions = following
    return {pin: ids for pin, ids in found.items() if ids}


def answers(questions: list[tuple[Pin, str]]) -> Iterator[tuple[Pin, set[str], str]]:
    """Of each question the ids of one page, and the mark of the next page."""
    queries = []
    for (name, version), page in questions:
        package = {"name": name, "ecosystem": "PyPI"}
        more = {"page_token": page} if page else {}
        queries.append({"package": package, "version": version, **more})
    try:
        results = asked({"queries": queries})["results"]
        pairs = list(zip(questions, results, strict=True))
        for (pin, _), result in pairs:
            ids = {str(one["id"]) for one in (result or {}).get("vulns") or ()}
            yield pin, ids, str((result or {}).get("next_page_token") or "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreachable("what answered is not the database") from error


def asked(document: dict[str, Any]) -> Any:
    request = urllib.request.Request(  # noqa: S310  # the operator's own address
        f"{DATABASE}/v1/querybatch",
        json.dumps(document).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            return json.load(response)
    except urllib.error.HTTPError as error:
        if error.code in MISUNDERSTOOD:
            raise Wrong(f"{DATABASE} refuses the question: {error.code}.") from error
        raise Unreachable(f"it answers {error.code}") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(" ".join(str(error).split())) from error


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
