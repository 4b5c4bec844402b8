"""People say of answers whether they are right."""

from __future__ import annotations

from django.db import transaction

from analytics.models import BenchmarkResult, BenchmarkVerdict, ResultState
from registry.models import User


class NotAnswered(Exception):
    """There is no answer that could be right or wrong."""


@transaction.atomic
def say_of(
    *, result: BenchmarkResult, person: User, is_right: bool | None
) -> BenchmarkVerdict | None:
    """What `person` says of an answer from now on; None takes it back. Raises
    NotAnswered."""
    if result.state != ResultState.DONE or not result.answer:
        raise NotAnswered("There is no answer to judge.")
    if is_right is None:
        BenchmarkVerdict.objects.filter(result=result, by=person).delete()
        return None
    verdict, _ = BenchmarkVerdict.objects.update_or_create(
        result=result, by=person, defaults={"is_right": is_right}
    )
    return verdict
