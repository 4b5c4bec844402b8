"""Capability probes: asked for, claimed, kept.

The row is the truth (law 15): a worker claims it by a guarded update and keeps what it
found only while it holds the claim. Who was killed is followed by another, who asks
that one capability again."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from celery import current_app
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics.models import CapabilityProbe, ProbeState
from analytics.probes.kinds import KINDS, fact_of
from analytics.probes.probe import Finding, Verdict
from registry.audit import record_change
from registry.models import AIModel, Connection, Organization, User
from registry.services.capability_trust import note_verified

TASK: Final = "modelhub.gateway.probing.tasks.run_probes"
SILENT_FOR: Final = datetime.timedelta(minutes=10)
"""Longer than any one question of a probe may take."""
MOST_TRIES: Final = 3
LIMIT_TOKENS: Final = 100_000
MOST_TOKENS: Final = 3_000_000
OPEN: Final = (ProbeState.WAITING, ProbeState.RUNNING)


class ProbesRefused(Exception):
    """Why they cannot be asked for, as a sentence."""


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a probe took; None: not known."""

    cost_usd: Decimal | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


@transaction.atomic
def request_probes(
    *,
    organization: Organization,
    actor: User | None,
    ai_model: AIModel,
    connection: Connection,
    capabilities: Sequence[str],
    limit_tokens: int = LIMIT_TOKENS,
    actor_label: str = "",
) -> list[CapabilityProbe]:
    """Hand probes to the workers. Raises ProbesRefused; also where the same are under
    way already, so that nothing is paid for twice."""
    # One at a time per organisation, or two requests would not see one another.
    Organization.objects.select_for_update().get(pk=organization.pk)
    check_probes(organization, ai_model, connection, capabilities, limit_tokens)
    batch = uuid.uuid4()
    rows = CapabilityProbe.objects.bulk_create(
        CapabilityProbe(
            organization=organization,
            batch=batch,
            ai_model=ai_model,
            connection=connection,
            capability=one,
            limit_tokens=limit_tokens,
            created_by=actor,
        )
        for one in KINDS
        if one in capabilities
    )
    record_change(
        organization=organization,
        actor=actor,
        action="model.probed",
        target=ai_model,
        before=None,
        after={"connection": connection.label, "probes": [r.capability for r in rows]},
        actor_label=actor_label,
    )
    transaction.on_commit(wake_worker)
    return rows


def check_probes(
    organization: Organization,
    ai_model: AIModel,
    connection: Connection,
    capabilities: Sequence[str],
    limit_tokens: int,
) -> None:
    """Raises ProbesRefused where these cannot be asked for now."""
    unknown = sorted(set(capabilities) - set(KINDS))
    if unknown:
        known = ", ".join(KINDS)
        raise ProbesRefused(f"There is no probe “{unknown[0]}”; there are {known}.")
    if not capabilities:
        raise ProbesRefused("Choose at least one capability.")
    if connection.organization_id != organization.pk:
        raise ProbesRefused("There is no such connection.")
    if connection.provider_id != ai_model.provider_id:
        raise ProbesRefused(f"{connection.label} is not of {ai_model.provider.name}.")
    if not 0 <= limit_tokens <= MOST_TOKENS:
        raise ProbesRefused(f"The limit lies between 0 and {MOST_TOKENS:,} tokens.")
    if not ai_model.settings.filter(
        organization=organization, is_enabled=True
    ).exists():
        raise ProbesRefused(f"{ai_model.reference} is not enabled. Enable it first.")
    under_way = CapabilityProbe.objects.filter(
        ai_model=ai_model,
        connection=connection,
        capability__in=capabilities,
        state__in=OPEN,
    ).first()
    if under_way is not None:
        raise ProbesRefused(f"{under_way.label} is being probed already.")


@transaction.atomic
def cancel_probes(*, organization: Organization, batch: uuid.UUID, actor: User) -> int:
    """What is not done yet of these; how many. A question under way is still paid."""
    rows = CapabilityProbe.objects.filter(
        organization=organization, batch=batch, state__in=OPEN
    )
    first = rows.select_related("ai_model__provider").first()
    if first is None:
        return 0
    count = rows.update(state=ProbeState.CANCELLED, claim=None)
    record_change(
        organization=organization,
        actor=actor,
        action="model.probes_cancelled",
        target=first.ai_model,
        before=None,
        after={"probes": count},
    )
    return count


def wake_worker() -> None:
    """Where the queue does not answer, the minute's sweep finds what waits."""
    try:
        current_app.send_task(TASK, retry=False)
    except (OperationalError, OSError):
        return


def sweep(now: datetime.datetime) -> int:
    """Probes whose worker is gone wait again; one that has lost several is given up,
    so that it is not paid for for ever."""
    lost = CapabilityProbe.objects.filter(
        state=ProbeState.RUNNING, seen_at__lt=now - SILENT_FOR
    )
    lost.filter(tries__gte=MOST_TRIES).update(
        state=ProbeState.DONE,
        claim=None,
        verdict=Verdict.INCONCLUSIVE.value,
        note=f"Its worker was lost {MOST_TRIES} times.",
        checked_at=now,
    )
    return lost.update(state=ProbeState.WAITING, claim=None)


def claim() -> CapabilityProbe | None:
    """The oldest that waits, for this worker alone."""
    waiting = CapabilityProbe.objects.filter(state=ProbeState.WAITING)
    for pk in waiting.order_by("pk").values_list("pk", flat=True):
        claimed = waiting.filter(pk=pk).update(
            state=ProbeState.RUNNING,
            claim=uuid.uuid4(),
            seen_at=timezone.now(),
            tries=F("tries") + 1,
        )
        if claimed:
            return CapabilityProbe.objects.select_related(
                "organization", "ai_model__provider", "connection"
            ).get(pk=pk)
    return None


def note_progress(one: CapabilityProbe) -> bool:
    """A sign of life; False where the claim is lost and nothing more is to be asked."""
    return bool(_mine(one).update(seen_at=timezone.now()))


@transaction.atomic
def settle(
    one: CapabilityProbe,
    finding: Finding,
    spent: Spent,
    exchanges: Sequence[dict[str, Any]],
) -> bool:
    """Keep what was found, with what it says of the documented capability; False where
    the claim is lost."""
    now = timezone.now()
    kept = _mine(one).update(
        state=ProbeState.DONE,
        claim=None,
        verdict=finding.verdict.value,
        note=finding.note,
        evidence={"exchanges": list(exchanges), "facts": dict(finding.facts)},
        cost_usd=spent.cost_usd,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        checked_at=now,
    )
    if not kept:
        return False
    fact = fact_of(one.capability, finding.verdict, finding.facts)
    if fact is not None:
        note_verified(
            connection=one.connection,
            ai_model=one.ai_model,
            capability=KINDS[one.capability].documented,
            is_verified=fact,
            checked_at=now,
        )
    return True


def _mine(one: CapabilityProbe) -> Any:
    return CapabilityProbe.objects.filter(
        pk=one.pk, state=ProbeState.RUNNING, claim=one.claim
    )
