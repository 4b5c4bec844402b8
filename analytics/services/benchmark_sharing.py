"""The link with which people without an account see the results of a run."""

from __future__ import annotations

import uuid

from django.db import transaction

from analytics.models import BenchmarkRun
from registry.audit import record_change
from registry.models import User


@transaction.atomic
def share_run(*, run: BenchmarkRun, actor: User) -> bool:
    """Make a link nobody can guess. False where there is one already. A link that was
    withdrawn never works again."""
    made = BenchmarkRun.objects.filter(pk=run.pk, share_key=None).update(
        share_key=uuid.uuid4()
    )
    if made:
        _note(run, actor, "benchmark_run.shared", is_shared=True)
    run.refresh_from_db(fields=["share_key"])
    return made == 1


@transaction.atomic
def withdraw_run(*, run: BenchmarkRun, actor: User) -> bool:
    """The link leads nowhere from now on. False where there was none."""
    gone = BenchmarkRun.objects.filter(pk=run.pk, share_key__isnull=False).update(
        share_key=None
    )
    if gone:
        _note(run, actor, "benchmark_run.unshared", is_shared=False)
    run.refresh_from_db(fields=["share_key"])
    return gone == 1


def _note(run: BenchmarkRun, actor: User, action: str, *, is_shared: bool) -> None:
    # The key itself is as good as a password: it does not stand in the log.
    record_change(
        organization=run.organization,
        actor=actor,
        action=action,
        target=run,
        before={"shared": not is_shared},
        after={"shared": is_shared},
    )
