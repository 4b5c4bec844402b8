"""`modelhub probes`: what models really can do, on the command line."""

from __future__ import annotations

import json
import time
import uuid
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from analytics.models import CapabilityProbe, ProbeState
from analytics.probe_arguments import add_probe_arguments
from analytics.probe_text import (
    estimate_document,
    estimate_line,
    finding_of,
    lines_document,
    lines_table,
    place_document,
    places_table,
    probe_document,
    probes_table,
)
from analytics.queries.capability_probes import (
    capability_lines,
    probe_connections,
    probed_places,
)
from analytics.queries.probe_estimates import estimate_probes
from analytics.services.capability_probes import (
    ProbesRefused,
    check_probes,
    request_probes,
)
from registry.models import AIModel, Connection, Organization
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.queries.references import resolve_reference, similar_references
from registry.trial_run import DRY

ACTOR: Final = "modelhub probes"
LOOK_S: Final = 0.5
NOBODY_S: Final = 90
"""The scheduler wakes a worker every minute."""
BEYOND: Final = "What does not fit is not asked and ends as not clear."
NOBODY: Final = "No worker has taken them yet. Does `modelhub serve` run?"
FAILED: Final = 1
NOT_CLEAR: Final = 3


class Command(BaseCommand):
    help = "Ask models what they really can do, and show what is known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_probe_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = chosen_organization(options["organization"])
            if options["action"] == "list":
                return self._list(organization, options)
            ai_model = _model(organization, options["model"])
            places = _places(organization, ai_model, options["connection"])
            if options["action"] == "show":
                return self._show(ai_model, places, options)
            return self._run(organization, ai_model, places[0], options)
        except (OrganizationUnclear, ProbesRefused) as error:
            raise CommandError(str(error)) from error

    def _list(self, organization: Organization, options: dict[str, Any]) -> None:
        places = probed_places(organization)
        if options["json"]:
            return self.json([place_document(one) for one in places])
        if not places:
            return self.say("Nothing was probed yet. See `modelhub probes run --help`.")
        return self.say(places_table(places, is_terminal=self.is_terminal))

    def _show(
        self, ai_model: AIModel, places: list[Connection], options: dict[str, Any]
    ) -> None:
        found = [(one, capability_lines(one, ai_model)) for one in places]
        if options["json"]:
            return self.json([lines_document(ai_model, *one) for one in found])
        for connection, lines in found:
            self.say(f"{ai_model.reference} at {connection.label}")
            self.say(lines_table(lines, is_terminal=self.is_terminal))
        return None

    def _run(
        self,
        organization: Organization,
        ai_model: AIModel,
        connection: Connection,
        options: dict[str, Any],
    ) -> None:
        chosen, limit = options["capabilities"], options["limit_tokens"]
        check_probes(organization, ai_model, connection, chosen, limit)
        estimate = estimate_probes(
            organization, ai_model, connection, chosen, limit, timezone.now()
        )
        head = {
            "model": ai_model.reference,
            "connection": {"id": connection.pk, "label": connection.label},
            "estimate": estimate_document(estimate),
            "dry_run": options["dry_run"],
        }
        if not options["json"]:
            self.say(f"{ai_model.reference} at {connection.label}")
            self.say(estimate_line(estimate))
            for sentence in estimate.short_budgets:
                self.say(f"{sentence} {BEYOND}")
        if options["dry_run"]:
            return self.json(head) if options["json"] else self.say(DRY)
        rows = request_probes(
            organization=organization,
            actor=None,
            ai_model=ai_model,
            connection=connection,
            capabilities=chosen,
            limit_tokens=limit,
            actor_label=ACTOR,
        )
        return self._told(rows, head, options)

    def _told(
        self, rows: list[CapabilityProbe], head: dict[str, Any], options: dict[str, Any]
    ) -> None:
        is_late, is_waiting = False, options["wait"]
        if is_waiting:
            rows, is_late = self._wait(rows[0].batch, options["timeout_s"])
        if options["json"]:
            self.json({**head, "probes": [probe_document(one) for one in rows]})
        elif is_waiting:
            self.say(probes_table(rows, is_terminal=self.is_terminal))
        else:
            self.say(f"A worker asks. See `modelhub probes show {head['model']}`.")
        return _judge(rows, is_late=is_late) if is_waiting else None

    def _wait(
        self, batch: uuid.UUID, timeout_s: int
    ) -> tuple[list[CapabilityProbe], bool]:
        """The probes when all are over, or as they are once the time is up. Each is
        told of on standard error as it is done."""
        began, told, is_warned = time.monotonic(), set[int](), False
        while True:
            rows = list(CapabilityProbe.objects.filter(batch=batch).order_by("pk"))
            for one in rows:
                if one.is_over and one.pk not in told:
                    told.add(one.pk)
                    count = f"{len(told)}/{len(rows)}"
                    self.stderr.write(f"{count} {one.label}: {finding_of(one)}")
            waited_s = time.monotonic() - began
            if len(told) == len(rows) or waited_s > timeout_s:
                return rows, len(told) < len(rows)
            is_idle = all(one.state == ProbeState.WAITING for one in rows)
            if is_idle and waited_s > NOBODY_S and not is_warned:
                is_warned = True
                self.stderr.write(NOBODY)
            time.sleep(LOOK_S)

    @property
    def is_terminal(self) -> bool:
        return bool(self.stdout.isatty())

    def say(self, text: str) -> None:
        self.stdout.write(text)

    def json(self, document: Any) -> None:
        text = json.dumps(document, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)
        self.stdout.write(text)


def _judge(rows: list[CapabilityProbe], *, is_late: bool) -> None:
    """Raises CommandError unless all are verified."""
    if is_late:
        raise CommandError("The time is up; the workers go on.", returncode=FAILED)
    failed = [one.label.lower() for one in rows if one.verdict == "failed"]
    if failed:
        message = f"{len(failed)} of {len(rows)} failed: {', '.join(failed)}."
        raise CommandError(message, returncode=FAILED)
    unclear = [one.label.lower() for one in rows if one.verdict != "verified"]
    if unclear:
        message = f"{len(unclear)} of {len(rows)} not clear: {', '.join(unclear)}."
        raise CommandError(message, returncode=NOT_CLEAR)


def _model(organization: Organization, reference: str) -> AIModel:
    found = resolve_reference(reference, organization).ai_model
    if found is not None:
        return found
    near = " or ".join(similar_references(reference, organization))
    hint = f" Did you mean {near}?" if near else ""
    raise CommandError(f"There is no model {reference[:200]!r}.{hint}")


def _places(
    organization: Organization, ai_model: AIModel, wanted: str
) -> list[Connection]:
    """Those that fit, at least one. Raises CommandError."""
    places = list(probe_connections(organization, ai_model))
    name = ai_model.provider.name
    if not places:
        raise CommandError(f"There is no enabled connection to {name}.")
    if not wanted:
        return places
    found = [one for one in places if wanted in (one.label, str(one.pk))]
    if not found:
        known = ", ".join(one.label for one in places)
        raise CommandError(f"{name} has no connection {wanted[:80]!r}; it has {known}.")
    return found
