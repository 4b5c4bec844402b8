"""What the writing actions of the command `packs` do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from django.core.management.base import CommandError
from django.utils import timezone

from analytics.pack_text import difference_lines, planned_document, planned_when
from analytics.pack_unknown import unknown_lines, unknown_names
from registry.lined.document import LinedDocument
from registry.models import Organization, Pack, PackVersion, PlannedSwitch
from registry.packs.document import PackDocument
from registry.packs.reading import kind_of, lined_pack, pack_from
from registry.packs.writing import write_pack
from registry.queries.packs import (
    document_assigned_now,
    document_of,
    pack_findings,
    version_of,
)
from registry.services.pack_sources import load_source
from registry.services.pack_switches import (
    SwitchOutcome,
    roll_back_switch,
    switch_pack,
)
from registry.services.packs import (
    PackRefused,
    VersionOutcome,
    archive_pack,
    create_pack,
    import_pack,
    restore_pack,
)
from registry.services.planned_switches import (
    PlanOptions,
    cancel_planned_switch,
    plan_switch_at,
    plan_switch_on_budget,
)
from registry.services.ready_made_packs import add_example_features, install_ready_made

ACTOR: Final = "modelhub packs"
STANDARD_INPUT: Final = "-"
By = dict[str, Any]
BY: Final[By] = {"actor": None, "actor_label": ACTOR}  # the last arguments of services


class Finder(Protocol):
    """The command, as far as it is needed here."""

    def pack(self, organization: Organization, slug: str) -> Pack: ...
    def version(
        self, organization: Organization, options: dict[str, Any]
    ) -> PackVersion: ...
    def lines(self, lines: Sequence[str]) -> None: ...


@dataclass(frozen=True)
class Done:
    """For people and for programs."""

    lines: Sequence[str]
    document: dict[str, Any]


@dataclass(frozen=True)
class Doing:
    """One call of the command."""

    command: Finder
    organization: Organization
    options: dict[str, Any]

    def run(self) -> Done:
        action: Done = getattr(
            self, self.options["action"].replace("import", "load_file")
        )()
        return action

    def switch(self) -> Done:
        options = self.options
        outcome = switch_pack(
            version=self.command.version(self.organization, options),
            keep=options["keep"],
            force_reason=options["force"],
            enable_models=options["enable_models"],
            create_missing_features=options["create_features"],
            note=options["note"],
            **BY,
        )
        return _switched(outcome)

    def rollback(self) -> Done:
        outcome = roll_back_switch(
            organization=self.organization, force_reason=self.options["force"], **BY
        )
        return _switched(outcome)

    def create(self) -> Done:
        options, read = self.options, None
        if options["ready_made"]:
            outcome = install_ready_made(
                organization=self.organization, slug=options["slug"], **BY
            )
        else:
            read = _read(options["file"]) if options["file"] else None
            version = create_pack(
                organization=self.organization,
                document=self._document(read),
                source_url=options["source_url"],
                **BY,
            )
            outcome = VersionOutcome(version, is_new=True)
        done = _versioned(outcome)
        made = (
            add_example_features(organization=self.organization, **BY)
            if options["features"]
            else []
        )
        if read is not None:
            done = self._with_unknown(done, outcome, read)
        added = [f"Added {len(made)} example features."] if options["features"] else []
        return Done(
            [*done.lines, *added],
            {**done.document, "created_features": [one.key for one in made]},
        )

    def load_file(self) -> Done:
        read = _read(self.options["file"])
        outcome = import_pack(
            organization=self.organization, document=pack_from(read), **BY
        )
        return self._with_unknown(_versioned(outcome), outcome, read)

    def load(self) -> Done:
        return _versioned(load_source(pack=self._pack(), **BY))

    def archive(self) -> Done:
        pack = self._pack()
        is_new = archive_pack(pack=pack, **BY)
        said = f"{pack.slug} is archived{'' if is_new else ' already'}."
        return Done([said], {"pack": pack.slug, "is_new": is_new})

    def restore(self) -> Done:
        pack = self._pack()
        is_new = restore_pack(pack=pack, **BY)
        said = (
            f"{pack.slug} is restored." if is_new else f"{pack.slug} is not archived."
        )
        return Done([said], {"pack": pack.slug, "is_new": is_new})

    def schedule(self) -> Done:
        options = self.options
        if options["cancel"]:
            return self._cancel(options["cancel"])
        pack = self._pack()
        allowed = PlanOptions(
            options["keep"],
            options["enable_models"],
            options["create_features"],
        )
        if options["at"]:
            planned = plan_switch_at(
                pack=pack, run_at=options["at"], options=allowed, **BY
            )
        elif options["budget"]:
            planned = plan_switch_on_budget(
                pack=pack, budget_percent=options["budget"], options=allowed, **BY
            )
        else:
            message = "Say when: --at TIME or --budget PERCENT."
            raise CommandError(message)
        said = f"Planned {planned.pk}: {pack.slug} {planned_when(planned)}."
        return Done([said], planned_document(planned))

    def export(self) -> None:
        version = self.command.version(self.organization, self.options)
        is_json = self.options["json"] or self.options["format"] == "json"
        text = write_pack(document_of(version), "json" if is_json else "yaml")
        output = self.options["output"]
        if not output:
            return self.command.lines([text.rstrip("\n")])
        try:
            Path(output).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error}.") from error
        return self.command.lines([f"{version} is in {output}."])

    def _with_unknown(
        self, done: Done, outcome: VersionOutcome, read: LinedDocument
    ) -> Done:
        """With what the file names and nothing is known by, after all that was made."""
        findings = pack_findings(outcome.version, timezone.now())
        found = unknown_names(findings, read, self.options["file"])
        return Done(
            [*done.lines, *unknown_lines(found)],
            {**done.document, "unknown": [one.as_json() for one in found]},
        )

    def _document(self, read: LinedDocument | None) -> PackDocument:
        options = self.options
        slug = options["slug"]
        name = options["name"] or slug.replace("-", " ").capitalize()
        description = options["description"]
        if options["current"]:
            return document_assigned_now(
                self.organization, name=name, slug=slug, description=description
            )
        if options["copy"]:
            version = version_of(self.command.pack(self.organization, options["copy"]))
            if version is None:
                raise PackRefused([f"{options['copy']} has no version."])
            said = replace(document_of(version), name=name)
        elif read is not None:
            said = pack_from(read)
            said = replace(said, name=options["name"] or said.name)
        else:
            raise CommandError("Say what it is made of: see --help.")
        return replace(said, slug=slug, description=description or said.description)

    def _pack(self) -> Pack:
        slug = self.options["slug"]
        if not slug:
            raise CommandError("Name a pack.")
        return self.command.pack(self.organization, slug)

    def _cancel(self, pk: int) -> Done:
        planned = PlannedSwitch.objects.filter(
            organization=self.organization, pk=pk
        ).first()
        if planned is None:
            raise CommandError(f"There is no planned switch {pk}.")
        is_new = cancel_planned_switch(planned=planned, **BY)
        said = f"Planned switch {pk} is {planned.state}{'' if is_new else ' already'}."
        return Done([said], {**planned_document(planned), "is_new": is_new})


def _switched(outcome: SwitchOutcome) -> Done:
    left = [f"{key} was left alone: {why}" for key, why in outcome.left_alone]
    enabled = [f"Enabled {reference}." for reference in outcome.enabled]
    made = [f"Made the feature {key}." for key in outcome.created_features]
    lines = difference_lines(outcome.difference) if outcome.is_new else ()
    return Done(
        [*lines, *enabled, *made, *left, outcome.text],
        {
            "active": str(outcome.active) if outcome.active else None,
            "is_new": outcome.is_new,
            "enabled": list(outcome.enabled),
            "created_features": list(outcome.created_features),
            "left_alone": dict(outcome.left_alone),
            **outcome.difference.as_json(),
        },
    )


def _versioned(outcome: VersionOutcome) -> Done:
    version = outcome.version
    count = version.entries.count()
    features = "1 feature gets" if count == 1 else f"{count} features get"
    said = f"{version} says what {features}."
    same = f"{version} said so already."
    return Done(
        [said if outcome.is_new else same],
        {
            "pack": version.pack.slug,
            "version": version.number,
            "is_new": outcome.is_new,
            "features": count,
        },
    )


def _read(name: str) -> LinedDocument:
    try:
        content = (
            sys.stdin.buffer.read()
            if name == STANDARD_INPUT
            else Path(name).read_bytes()
        )
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error
    return lined_pack(content, kind=kind_of(name))
