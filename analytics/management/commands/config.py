"""`modelhub config`: what was decided, as files that can be reviewed and applied."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from analytics.configuration_sections import SECTIONS
from analytics.configuration_text import (
    finding_lines,
    outcome_document,
    plan_lines,
    upgrade_lines,
)
from analytics.queries.configuration import exported_document
from analytics.services.configuration import (
    Outcome,
    StalePlan,
    apply_configuration,
    try_configuration,
)
from registry.config_arguments import add_config_arguments
from registry.configuration.files import ConfigurationWrong, written
from registry.configuration.folder import folder_files, read_files
from registry.configuration.merging import Wanted, merged
from registry.configuration.planning import planned
from registry.models import AIModel, Organization
from registry.queries.organizations import OrganizationUnclear, chosen_organization

ACTOR: Final = "modelhub config"
FOLDER: Final = "config"
VARIABLE: Final = "MODELHUB_CONFIG"
DRY: Final = "Dry run: nothing was changed."
NOTHING: Final = "Nothing to change."
Options = dict[str, Any]


class Command(BaseCommand):
    help = "Export, import, validate, compare, plan and apply configuration files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_config_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        run = getattr(self, f"_{options['action']}")
        try:
            run(chosen_organization(options["organization"]), options)
        except ConfigurationWrong as error:
            if options["json"]:
                self.json(
                    {"is_valid": False, "findings": _findings(error)},
                )
            raise CommandError("\n".join(finding_lines(error.findings))) from error
        except (OrganizationUnclear, StalePlan) as error:
            raise CommandError(str(error)) from error

    def _export(self, organization: Organization, options: Options) -> None:
        document = exported_document(organization, _sections(options["only"]))
        kind = "json" if options["json"] else options["format"]
        text = written(document, kind)
        if not options["output"]:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["output"]).write_text(text, encoding="utf-8")
        except OSError as error:
            said = f"{options['output']} cannot be written: {error.strerror}."
            raise CommandError(said) from error
        self.stderr.write(f"Written: {options['output']}")

    def _validate(self, organization: Organization, options: Options) -> None:
        wanted = self._wanted(organization, options)
        outcome = try_configuration(organization=organization, wanted=wanted)
        if options["json"]:
            return self.json({"is_valid": True, **outcome_document(outcome, wanted)})
        self._tell(outcome, wanted)
        names = ", ".join(one.name for one in wanted.files)
        return self.stdout.write(f"Valid: {names}")

    def _plan(self, organization: Organization, options: Options) -> None:
        wanted = self._wanted(organization, options)
        outcome = try_configuration(
            organization=organization, wanted=wanted, prune=options["prune"]
        )
        self._show(outcome, wanted, options)

    def _apply(self, organization: Organization, options: Options) -> None:
        wanted = self._wanted(organization, options)
        self._do(organization, wanted, options, expected=options["expect"])

    def _do(
        self,
        organization: Organization,
        wanted: Wanted,
        options: Options,
        *,
        expected: str,
    ) -> None:
        if options["dry_run"]:
            outcome = try_configuration(
                organization=organization, wanted=wanted, prune=options["prune"]
            )
            if expected and outcome.plan.fingerprint != expected:
                raise StalePlan(outcome.plan)
        else:
            outcome = apply_configuration(
                organization=organization,
                wanted=wanted,
                actor=None,
                actor_label=ACTOR,
                prune=options["prune"],
                expected=expected,
            )
        self._show(outcome, wanted, options)

    def _import(self, organization: Organization, options: Options) -> None:
        wanted = self._read(organization, [options["file"]])
        if options["upgrade_to"]:
            return self._write_upgraded(wanted, options["upgrade_to"])
        if options["dry_run"] or options["yes"]:
            return self._do(organization, wanted, options, expected="")
        outcome = try_configuration(
            organization=organization, wanted=wanted, prune=options["prune"]
        )
        self._show(outcome, wanted, {**options, "json": False})
        if not outcome.plan.to_do:
            return None
        if not self._agrees():
            return self.stdout.write("Nothing was changed.")
        # What was seen is what is done, or nothing.
        return self._do(
            organization, wanted, options, expected=outcome.plan.fingerprint
        )

    def _diff(self, organization: Organization, options: Options) -> None:
        names = [options["a"], *([options["b"]] if options["b"] else [])]
        files = [self._read(organization, [name]) for name in names]
        here = (
            files[0].document
            if options["b"]
            else exported_document(organization, tuple(files[0].document))
        )
        wanted = files[-1]
        plan = planned(here, wanted.document, SECTIONS, prune=bool(options["b"]))
        self._show(Outcome(plan), wanted, options, is_difference=True)

    def _wanted(self, organization: Organization, options: Options) -> Wanted:
        if options["files"]:
            if options["folder"] or options["profile"]:
                raise CommandError("Name files, or a folder: one of them.")
            return self._read(organization, options["files"])
        folder = Path(options["folder"] or os.environ.get(VARIABLE) or FOLDER)
        found = folder_files(folder, options["profile"])
        for path in found.not_read:
            self.stderr.write(f"Not read: {path}, as there is one in JSON too.")
        return self._read(organization, found.paths)

    def _read(self, organization: Organization, names: Iterable[str | Path]) -> Wanted:
        def in_catalogue(reference: str) -> bool:
            rows = AIModel.objects.filter(organization=None)
            return rows.at_reference(reference).exists()

        return merged(read_files(names, SECTIONS, in_catalogue))

    def _show(
        self,
        outcome: Outcome,
        wanted: Wanted,
        options: Options,
        *,
        is_difference: bool = False,
    ) -> None:
        if options["json"]:
            return self.json(outcome_document(outcome, wanted))
        self._tell(outcome, wanted)
        is_terminal = bool(self.stdout.isatty())
        lines = plan_lines(
            outcome.plan, is_terminal=is_terminal, with_all=options.get("all", False)
        )
        self.lines(lines)
        if not outcome.plan.to_do:
            self.stdout.write("No difference." if is_difference else NOTHING)
        elif outcome.is_applied:
            self.stdout.write("Applied.")
        elif options.get("dry_run"):
            self.stdout.write(DRY)
        elif not is_difference:
            self.stdout.write(f"Fingerprint: {outcome.plan.fingerprint}")
        return None

    def _tell(self, outcome: Outcome, wanted: Wanted) -> None:
        self.lines(upgrade_lines(wanted))
        self.lines(f"! {one}" for one in outcome.warnings)
        self.lines(f"→ {one}" for one in outcome.told)

    def _write_upgraded(self, wanted: Wanted, path: str) -> None:
        self.lines(upgrade_lines(wanted))
        kind = "json" if path.lower().endswith(".json") else "yaml"
        try:
            text = written(wanted.document, kind)
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written: {error.strerror}."
            ) from error
        self.stdout.write(f"Written: {path}. Nothing was applied.")

    def _agrees(self) -> bool:
        if not self.stdout.isatty():
            raise CommandError("Nobody is here to be asked: add --yes.")
        return input("Apply this? [y/N] ").strip().lower() in {"y", "yes"}

    def json(self, document: Any) -> None:
        text = json.dumps(document, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)
        self.stdout.write(text)

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _sections(text: str) -> list[str]:
    if not text:
        return list(SECTIONS)
    names = [one.strip() for one in text.split(",") if one.strip()]
    unknown = [one for one in names if one not in SECTIONS]
    if unknown:
        known = ", ".join(SECTIONS)
        said = f"There is no section {', '.join(unknown)}. Known: {known}."
        raise CommandError(said, returncode=2)
    return names


def _findings(error: ConfigurationWrong) -> list[dict[str, Any]]:
    return [one.as_json() for one in error.findings]
