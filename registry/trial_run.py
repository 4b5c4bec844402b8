"""A trial run of something that writes: all of it is done and taken back, so that every
rule is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import transaction

DRY: Final = "Dry run: nothing was changed."


@contextmanager
def trial_run(is_trial: bool) -> Iterator[None]:
    """Takes everything inside back, if it is a trial; else it changes nothing about
    what is inside."""
    if not is_trial:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
