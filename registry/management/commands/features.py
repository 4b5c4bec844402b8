"""`modelhub features`: which model answers for which feature, on the command line."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.console_table import table_text
from registry.feature_arguments import add_options, with_parameters
from registry.models import AIModel, Organization, PromptVersion
from registry.parameters import ParameterError
from registry.queries.assignments import history, state_of
from registry.queries.features import (
    FeatureRow,
    feature_rows,
    features_of,
    filter_features,
    similar_features,
)
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.queries.prompts import PromptNotFound, find_version
from registry.queries.references import resolve_reference, similar_references
from registry.resolution.explaining import explain
from registry.resolution.loading import load_snapshot
from registry.resolution.plan import Selection
from registry.services.assignments import (
    NOTE_LENGTH,
    AssignmentRefused,
    Outcome,
    StaleAssignment,
    assign_model,
    roll_back,
)
from registry.trial_run import DRY, trial_run

ACTOR = "modelhub features"


class Command(BaseCommand):
    help = "List features, show or explain one, assign it a model, roll back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(
            parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            organization = chosen_organization(options["organization"])
            run = getattr(self, f"_{options['action']}")
            with trial_run(bool(options.get("dry_run"))):
                run(organization, options)
        except (
            OrganizationUnclear,
            AssignmentRefused,
            ParameterError,
            PromptNotFound,
        ) as error:
            raise CommandError(str(error)) from error
        except StaleAssignment as stale:
            message = f"{stale} Look at it with `features show` and try again."
            raise CommandError(message) from stale

    def _list(self, organization: Organization, options: dict[str, Any]) -> None:
        features = filter_features(features_of(organization), "")
        rows = feature_rows(features, organization, timezone.now())
        if options["json"]:
            return self._json([_document(row) for row in rows])
        lines = [
            (
                row.feature.key,
                row.current.ai_model.reference if row.current else None,
                len(row.fallbacks),
                _origin(row),
                row.problems[0].text if row.problems else None,
            )
            for row in rows
        ]
        columns = ("Feature", "Model", "Fallbacks", "From", "To look at")
        self.stdout.write(
            table_text(
                columns,
                lines,
                is_terminal=bool(self.stdout.isatty()),
                right=("Fallbacks",),
            )
            if rows
            else "No features yet."
        )
        return None

    def _show(self, organization: Organization, options: dict[str, Any]) -> None:
        row = _row(organization, options["key"])
        if options["json"]:
            return self._json(_document(row))
        self.stdout.write(f"{row.feature.name} ({row.feature.key}), {_origin(row)}")
        for label, text in row.state.rows().items():
            if text is not None:
                self.stdout.write(f"  {label}: {text}")
        for problem in row.problems:
            self.stdout.write(f"  ! {problem.text}")
        return None

    def _explain(self, organization: Organization, options: dict[str, Any]) -> None:
        found = explain(
            load_snapshot(),
            organization.pk,
            Selection(feature=options["key"], profile=options["profile"]),
            at=timezone.now(),
            input_tokens=options["input_tokens"],
            max_output_tokens=options["max_tokens"],
            needed_capabilities=frozenset(options["capability"]),
        )
        if options["json"]:
            return self._json(found.as_document())
        for one in found.candidates:
            where = f"at {one.connection.provider} “{one.connection.label}”"
            self.stdout.write(f"{one.position}. {one.model.reference} {where}")
        for line in found.trace:
            self.stdout.write(f"   {line}")
        if not found.candidates:
            raise CommandError(found.error)
        return None

    def _assign(self, organization: Organization, options: dict[str, Any]) -> None:
        row = _row(organization, options["key"])
        outcome = assign_model(
            feature=row.feature,
            ai_model=_model(organization, options["model"]),
            fallbacks=[_model(organization, one) for one in options["fallback"]],
            parameters=with_parameters(row.parameters, options["parameters"]),
            prompt_version=_prompt(row, options["prompt"]),
            actor=None,
            actor_label=ACTOR,
            expected_revision=row.number,
            note=_note(options),
        )
        self._say(outcome, options)

    def _history(self, organization: Organization, options: dict[str, Any]) -> None:
        row = _row(organization, options["key"])
        entries = history(row.feature, row.number)
        if options["json"]:
            documents = [
                {
                    "revision": entry.revision.number,
                    "at": entry.revision.created_at.isoformat(),
                    "by": entry.revision.actor_label,
                    "note": entry.revision.note,
                    "is_current": entry.is_current,
                    **state_of(entry.revision).as_json(),
                }
                for entry in entries
            ]
            return self._json(documents)
        for entry in entries:
            mark = "*" if entry.is_current else " "
            when = f"{entry.revision.created_at:%Y-%m-%d %H:%M}"
            by = entry.revision.actor_label
            note = f"  “{entry.revision.note}”" if entry.revision.note else ""
            self.stdout.write(f"{mark} r{entry.revision.number}  {when}  {by}{note}")
            for line in entry.changes:
                old, new = line.before or "not set", line.after or "not set"
                self.stdout.write(f"      {line.label}: {old} → {new}")
        if not entries:
            self.stdout.write("Never assigned.")
        return None

    def _rollback(self, organization: Organization, options: dict[str, Any]) -> None:
        row = _row(organization, options["key"])
        if row.number == 0:
            message = f"{row.feature.key} was never assigned: nothing to roll back."
            raise CommandError(message)
        target = row.number - 1 if options["to"] is None else options["to"]
        outcome = roll_back(
            feature=row.feature,
            to_revision=target,
            actor=None,
            actor_label=ACTOR,
            expected_revision=row.number,
            note=_note(options),
        )
        self._say(outcome, options)

    def _say(self, outcome: Outcome, options: dict[str, Any]) -> None:
        state = state_of(outcome.revision)
        if options["json"]:
            return self._json(
                {
                    "revision": outcome.number,
                    "is_new": outcome.is_new,
                    **state.as_json(),
                    "dry_run": options["dry_run"],
                }
            )
        said = "is now" if outcome.is_new else "already said so:"
        chain = " → ".join([state.model or "no model", *state.fallbacks])
        prompt = f", prompt {state.prompt}" if state.prompt else ""
        self.stdout.write(f"{options['key']} {said} r{outcome.number}: {chain}{prompt}")
        if options["dry_run"]:
            self.stdout.write(DRY)
        return None

    def _json(self, document: Any) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _row(organization: Organization, key: str) -> FeatureRow:
    rows = feature_rows(
        features_of(organization).filter(key=key.replace("\x00", "")),
        organization,
        timezone.now(),
    )
    if not rows:
        close = similar_features(organization, key)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        message = f"There is no feature {key[:80]!r} in {organization.slug}.{hint}"
        raise CommandError(message)
    return rows[0]


def _prompt(row: FeatureRow, wanted: str | None) -> PromptVersion | None:
    if wanted is None:
        return row.prompt_version
    if wanted == "none":
        return None
    return find_version(row.feature.organization, wanted)


def _model(organization: Organization, reference: str) -> AIModel:
    """The exact model; an alias stands for the version it points to."""
    found = resolve_reference(reference, organization).ai_model
    if found is None:
        close = similar_references(reference, organization)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        message = f"There is no model {reference!r} in the catalog.{hint}"
        raise CommandError(message)
    return found


def _note(options: dict[str, Any]) -> str:
    note: str = options["note"]
    if len(note) > NOTE_LENGTH:
        message = f"A note has at most {NOTE_LENGTH} characters."
        raise CommandError(message)
    return note


def _document(row: FeatureRow) -> dict[str, Any]:
    feature = row.feature
    return {
        "key": feature.key,
        "name": feature.name,
        "description": feature.description,
        "requirements": {
            "capabilities": feature.required_capabilities,
            "min_context_tokens": feature.min_context_tokens,
            "accuracy_level": feature.accuracy_level,
            "urgency": feature.urgency,
            "budget_sensitivity": feature.budget_sensitivity,
        },
        "stream_guarantee": feature.stream_guarantee,
        "timeout_seconds": feature.timeout_seconds,
        "hedge_after_ms": feature.hedge_after_ms,
        "revision": row.number,
        **row.state.as_json(),
        "follows_pack": row.followed.title if row.followed else None,
        "problems": [problem.text for problem in row.problems],
    }


def _origin(row: FeatureRow) -> str:
    return f"follows {row.followed.title}" if row.followed else f"r{row.number}"
