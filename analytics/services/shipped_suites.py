"""Installing the suites that come with ModelHub."""

from __future__ import annotations

import difflib

from django.db import transaction

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.benchmarking.shipped import KEYS, shipped_suite
from analytics.models import BenchmarkSuite
from analytics.queries.benchmark_suites import suite_named
from analytics.services.benchmark_imports import Outcome, apply_file
from registry.models import Organization, User


@transaction.atomic
def install_shipped(
    *,
    organization: Organization,
    key: str,
    actor: User | None,
    actor_label: str = "",
) -> Outcome:
    """The suite of this key as it ships today: made anew, or brought up to date. Raises
    BenchmarkRefused."""
    read = shipped_suite(key)
    if read is None:
        close = difflib.get_close_matches(key, KEYS, n=2)
        meant = f" Did you mean {' or '.join(close)}?" if close else ""
        known = f" There are {', '.join(KEYS)}."
        raise BenchmarkRefused(
            {"": f"No suite {key[:60]} comes with ModelHub.{meant or known}"}
        )
    suite = suite_named(organization, key)
    if suite is not None and suite.shipped_version is None:
        raise BenchmarkRefused({"": f"There is a suite {key} of your own already."})
    version = int(read.head.get("version", 1))
    if suite is not None and suite.shipped_version == version:
        cases = suite.cases.filter(replaced_at=None).count()
        return Outcome(suite, 0, 0, cases, 0, 0)
    return apply_file(
        organization=organization,
        suite=suite,
        read=read,
        file_name=f"{key}.yaml",
        actor=actor,
        actor_label=actor_label,
        with_removal=True,
        facts={"shipped_version": version},
    )


def missing_shipped(organization: Organization) -> list[str]:
    """Keys of shipped suites that the organisation does not have."""
    rows = BenchmarkSuite.objects.filter(organization=organization, archived_at=None)
    here = set(rows.values_list("key", flat=True))
    return [key for key in KEYS if key not in here]
