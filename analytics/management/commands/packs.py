"""`modelhub packs`: all models of a product at once, on the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from analytics.pack_doing import Doing
from analytics.pack_projection import Workload
from analytics.pack_text import (
    difference_lines,
    pack_document,
    plan_document,
    planned_document,
    planned_when,
    projection_lines,
    switch_document,
    version_document,
)
from analytics.pack_unknown import waiting_line
from analytics.queries.pack_costs import projected_costs
from registry.console_table import table_text
from registry.lined.document import Unreadable
from registry.models import Organization, Pack, PackVersion
from registry.pack_arguments import ACTIONS, WRITES, add_pack_arguments
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.queries.pack_difference import SwitchPlan, pack_difference
from registry.queries.pack_history import switch_rows
from registry.queries.pack_situation import active_pack, in_force
from registry.queries.packs import (
    document_of,
    pack_named,
    pack_rows,
    planned_switches,
    similar_packs,
    version_of,
)
from registry.services.pack_sources import SourceFailed
from registry.services.pack_switches import StaleSwitch, SwitchRefused
from registry.services.packs import PackRefused, StalePack
from registry.services.planned_switches import PlanRefused

REFUSALS: Final = (
    OrganizationUnclear,
    Unreadable,
    PackRefused,
    StalePack,
    SwitchRefused,
    StaleSwitch,
    PlanRefused,
    SourceFailed,
)
DRY: Final = "Dry run: nothing was changed."


class Command(BaseCommand):
    help = "List, compare, switch and roll back packs; make, import and export them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_pack_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        action = options["action"]
        if action == "help":
            rows = [[f"packs {name}", text] for name, text in ACTIONS.items()]
            return self._table(("Command", "What it does"), rows)
        try:
            organization = chosen_organization(options["organization"])
            if action == "schedule" and not (options["slug"] or options["cancel"]):
                return self.planned(organization, options)
            if action in WRITES:
                return self._write(organization, options)
            getattr(self, f"_{action}")(organization, options)
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        return None

    def _write(self, organization: Organization, options: dict[str, Any]) -> None:
        """Does it; a dry run does it too, and takes it back."""
        is_dry = options["dry_run"]
        with transaction.atomic():
            done = Doing(self, organization, options).run()
            if is_dry:
                transaction.set_rollback(True)
        if options["json"]:
            return self.json({**done.document, "dry_run": is_dry})
        self.lines([*done.lines, *([DRY] if is_dry else [])])
        return None

    def _list(self, organization: Organization, options: dict[str, Any]) -> None:
        rows = pack_rows(organization, timezone.now(), is_archived=options["archived"])
        if options["json"]:
            return self.json([pack_document(row) for row in rows])
        if not rows:
            return self.lines(["No packs yet. See `modelhub packs create --help`."])
        return self._table(
            ("", "Pack", "Version", "Features", "Errors", "Warnings", "Last used"),
            [
                [
                    "*" if row.is_active else " ",
                    row.pack.slug,
                    _versions(row.latest.number, row.active_number),
                    row.entry_count,
                    row.errors,
                    row.warnings,
                    f"{row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "",
                ]
                for row in rows
            ],
        )

    def _current(self, organization: Organization, options: dict[str, Any]) -> None:
        active = active_pack(organization)
        features = [
            one for one in in_force(organization).values() if not one.is_archived
        ]
        own = [one.key for one in features if one.is_own]
        version = active.version if active else None
        if options["json"]:
            said = str(version) if version else None
            return self.json({"active": said, "assigned_by_hand": own})
        self.stdout.write(f"{version} is active." if version else "No pack is active.")
        if own:
            self.stdout.write(f"Assigned by hand: {', '.join(own)}.")
        return None

    def _show(self, organization: Organization, options: dict[str, Any]) -> None:
        version = self.version(organization, options)
        document = document_of(version)
        plan = pack_difference(version, timezone.now())
        if options["json"]:
            found = [one.as_json() for one in plan.difference.findings]
            said = {**document.as_json(), **version_document(version)}
            return self.json({**said, "findings": found})
        self.stdout.write(f"{document.name} ({version})")
        if document.description:
            self.stdout.write(document.description)
        self._table(
            ("Feature", "Model", "Fallbacks", "Parameters", "Prompt"),
            [
                [
                    one.key,
                    one.model,
                    ", ".join(one.fallbacks),
                    ", ".join(
                        f"{name} {value}" for name, value in one.parameters.items()
                    ),
                    one.prompt,
                ]
                for one in document.features
            ],
        )
        findings = plan.difference.findings
        self.lines(f"! {one}" for one in findings if one.severity != "note")
        return self.lines(waiting_line(findings))

    def _diff(self, organization: Organization, options: dict[str, Any]) -> None:
        plan = self.plan(organization, options)
        assumed = Workload(*options["assume"]) if options["assume"] else None
        projection = projected_costs(plan, timezone.now(), assumed=assumed)
        if options["json"]:
            return self.json(plan_document(plan, projection))
        self.lines(difference_lines(plan.difference, with_all=options["all"]))
        return self.lines(projection_lines(projection))

    def _export(self, organization: Organization, options: dict[str, Any]) -> None:
        Doing(self, organization, options).export()

    def _history(self, organization: Organization, options: dict[str, Any]) -> None:
        rows = switch_rows(organization)
        if options["json"]:
            return self.json([switch_document(row) for row in rows])
        if not rows:
            return self.lines(["No switch yet."])
        return self._table(
            ("When (UTC)", "Switch", "Features", "Who", ""),
            [
                [
                    f"{row.switch.at:%Y-%m-%d %H:%M}",
                    row.title,
                    row.feature_count,
                    row.switch.actor_label,
                    _kind(row.is_roll_back, row.is_undone),
                ]
                for row in rows
            ],
        )

    def planned(self, organization: Organization, options: dict[str, Any]) -> None:
        rows = planned_switches(organization)
        if options["json"]:
            return self.json([planned_document(one) for one in rows])
        if not rows:
            return self.lines(["No switch is planned."])
        return self._table(
            ("ID", "Pack", "When", "Who"),
            [
                [one.pk, one.pack.slug, planned_when(one), one.actor_label]
                for one in rows
            ],
        )

    def pack(self, organization: Organization, slug: str) -> Pack:
        found = pack_named(organization, slug)
        if found is None:
            close = similar_packs(organization, slug)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            message = f"There is no pack {slug[:80]!r} in {organization.slug}.{hint}"
            raise CommandError(message)
        return found

    def version(
        self, organization: Organization, options: dict[str, Any]
    ) -> PackVersion:
        pack = self.pack(organization, options["slug"])
        number = options["number"]
        found = version_of(pack, number)
        if found is None:
            newest = version_of(pack)
            raise CommandError(
                f"There is no {pack.slug} v{number}: newest is {newest}."
            )
        return found

    def plan(self, organization: Organization, options: dict[str, Any]) -> SwitchPlan:
        return pack_difference(
            self.version(organization, options),
            timezone.now(),
            keep=options["keep"],
            enable_models=options["enable_models"],
            create_missing_features=options["create_features"],
        )

    def json(self, document: Any) -> None:
        text = json.dumps(document, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)
        self.stdout.write(text)

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def _table(self, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
        is_terminal = bool(self.stdout.isatty())
        numbers = ("Features", "Errors", "Warnings", "ID")
        self.stdout.write(
            table_text(columns, rows, is_terminal=is_terminal, right=numbers)
        )


def _versions(latest: int, active: int | None) -> str:
    return f"v{latest}" if active in {None, latest} else f"v{latest} (active v{active})"


def _kind(is_roll_back: bool, is_undone: bool) -> str:
    if is_roll_back:
        return "roll-back"
    return "taken back" if is_undone else ""
