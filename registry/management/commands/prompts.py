"""`modelhub prompts`: named texts with versions and labels, on the command line."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from registry.console_table import table_text
from registry.lined.document import Unreadable
from registry.models import Organization, Prompt
from registry.prompt_access import text_of
from registry.prompt_arguments import add_options
from registry.prompt_command import (
    ACTOR,
    Options,
    content_of,
    kept_variables,
    label_facts,
    named_version,
    prompt_document,
    shown_version,
    text_from,
)
from registry.prompts.difference import difference
from registry.prompts.files import MAX_FILE_BYTES, read_prompts, write_prompts
from registry.prompts.naming import LATEST, PRODUCTION, PromptReference
from registry.prompts.template import TemplateError
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.queries.prompts import (
    PromptNotFound,
    declared,
    latest_version,
    prompt_named,
    prompt_rows,
    version_of,
)
from registry.services.prompt_labels import (
    LabelOutcome,
    LabelRefused,
    StaleLabel,
    move_label,
    remove_label,
    roll_back_label,
)
from registry.services.prompt_transfer import import_prompts, prompt_files
from registry.services.prompts import (
    PromptRefused,
    StalePrompt,
    add_starting_prompts,
    add_version,
    archive_prompt,
    create_prompt,
    describe_prompt,
    restore_prompt,
)

REFUSALS = (
    OrganizationUnclear,
    PromptNotFound,
    PromptRefused,
    StalePrompt,
    LabelRefused,
    StaleLabel,
    TemplateError,
    Unreadable,
)


class Command(BaseCommand):
    help = "Prompts: list, show, create, edit, label, roll back, compare, render."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(
            parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = getattr(self, f"_{options['action']}")
        try:
            organization = chosen_organization(options["organization"])
            with transaction.atomic():
                run(organization, options)
                if options.get("dry_run"):
                    transaction.set_rollback(True)
        except REFUSALS as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error

    def _list(self, organization: Organization, options: Options) -> None:
        words = " ".join(options["words"])
        rows = prompt_rows(organization, words, archived=options["archived"])
        if options["json"]:
            documents = [
                {
                    "name": row.prompt.name,
                    "description": row.prompt.description,
                    "latest_version": row.latest.number,
                    "labels": {x.name: x.prompt_version.number for x in row.labels},
                    "used_by": row.feature_keys,
                }
                for row in rows
            ]
            return self._json(documents)
        lines = [
            (
                row.prompt.name,
                f"v{row.latest.number}",
                ", ".join(
                    f"{one.name} v{one.prompt_version.number}" for one in row.labels
                ),
                ", ".join(row.feature_keys),
            )
            for row in rows
        ]
        columns = ("Prompt", "Latest", "Labels", "Used by")
        is_terminal = bool(self.stdout.isatty())
        table = table_text(columns, lines, is_terminal=is_terminal)
        self.stdout.write(table if rows else "No prompts.")
        return None

    def _show(self, organization: Organization, options: Options) -> None:
        reference = PromptReference.parse(options["name"])
        prompt = prompt_named(organization, reference.name, with_archived=True)
        version = shown_version(prompt, reference, is_named="@" in options["name"])
        document = prompt_document(prompt, version)
        if options["json"]:
            return self._json(document)
        labels = [f"{name} v{number}" for name, number in document["labels"].items()]
        self.stdout.write(f"{prompt.name} v{version.number} of {document['latest']}")
        self.stdout.write(f"  Labels: {', '.join(labels) or 'none'}")
        for one in declared(version):
            state = "required" if one.is_required else f"default “{one.default}”"
            self.stdout.write(
                f"  {{{{{one.name}}}}} {state} {one.description}".rstrip()
            )
        for key, number in document["used_by"].items():
            self.stdout.write(f"  Used by {key}: v{number}")
        self.stdout.write(f"\n{version.text}")
        return None

    def _create(self, organization: Organization, options: Options) -> None:
        version = create_prompt(
            organization=organization,
            name=options["name"],
            text=text_from(options) or "",
            variables=options["variable"],
            description=options["description"] or "",
            note=options["note"],
            label=options["label"],
            actor=None,
            actor_label=ACTOR,
        )
        self._say(options, f"{version.prompt.name} v1 is created.", version=1)

    def _edit(self, organization: Organization, options: Options) -> None:
        prompt = prompt_named(organization, options["name"])
        text, description = text_from(options), options["description"]
        if text is None and description is None and not options["variable"]:
            message = "Say what to change: --text, --file, --variable or --description."
            raise CommandError(message)
        if description is not None:
            describe_prompt(
                prompt=prompt, description=description, actor=None, actor_label=ACTOR
            )
        newest = latest_version(prompt)
        if text is None and not options["variable"]:
            self._say(options, f"{prompt.name} is described.")
            return
        said = newest.text if text is None else text
        outcome = add_version(
            prompt=prompt,
            text=said,
            variables=kept_variables(newest, said, options["variable"]),
            note=options["note"],
            actor=None,
            actor_label=ACTOR,
            expected_number=newest.number,
        )
        number = outcome.version.number
        words = f"{prompt.name} v{number} is saved; no label has moved."
        if not outcome.is_new:
            words = f"{prompt.name} v{number} said so already."
        self._say(options, words, version=number, is_new=outcome.is_new)

    def _label(self, organization: Organization, options: Options) -> None:
        prompt = prompt_named(organization, options["name"])
        facts = label_facts(prompt, options)
        if options["remove"]:
            outcome = remove_label(prompt=prompt, **facts)
        else:
            outcome = move_label(prompt=prompt, to_number=options["version"], **facts)
        self._say_label(prompt, outcome, options)

    def _rollback(self, organization: Organization, options: Options) -> None:
        prompt = prompt_named(organization, options["name"])
        outcome = roll_back_label(prompt=prompt, **label_facts(prompt, options))
        self._say_label(prompt, outcome, options)

    def _diff(self, organization: Organization, options: Options) -> None:
        prompt = prompt_named(organization, options["name"], with_archived=True)
        old = named_version(prompt, options["old"] or PRODUCTION)
        new = named_version(prompt, options["new"] or LATEST)
        found = difference(old.text, new.text)
        if options["json"]:
            lines = [
                {
                    "op": row.op,
                    "old_line": row.old_number,
                    "old": "".join(one.text for one in row.old),
                    "new_line": row.new_number,
                    "new": "".join(one.text for one in row.new),
                }
                for row in found.rows
                if row.op not in {"same", "gap"}
            ]
            return self._json({"old": old.number, "new": new.number, "lines": lines})
        self.stdout.write(f"v{old.number} → v{new.number}: {found.summary}")
        for row in found.rows:
            if row.op == "gap":
                self.stdout.write(f"  … {row.hidden} lines the same")
            elif row.op == "same":
                self.stdout.write(f"  {''.join(one.text for one in row.old)}")
            else:
                for sign, line in (("-", row.old), ("+", row.new)):
                    if line:
                        self.stdout.write(f"{sign} {''.join(x.text for x in line)}")
        return None

    def _render(self, organization: Organization, options: Options) -> None:
        reference = PromptReference.parse(options["name"])
        version = version_of(prompt_named(organization, reference.name), reference)
        said = text_of(version).render(dict(options["values"]))
        if options["json"]:
            facts = {"name": version.prompt.name, "version": version.number}
            return self._json({**facts, "text": said})
        self.stdout.write(said)
        return None

    def _archive(self, organization: Organization, options: Options) -> None:
        prompt = prompt_named(organization, options["name"], with_archived=True)
        archive_prompt(prompt=prompt, actor=None, actor_label=ACTOR)
        self._say(options, f"{prompt.name} is archived.")

    def _restore(self, organization: Organization, options: Options) -> None:
        prompt = prompt_named(organization, options["name"], with_archived=True)
        restore_prompt(prompt=prompt, actor=None, actor_label=ACTOR)
        self._say(options, f"{prompt.name} is restored.")

    def _starting(self, organization: Organization, options: Options) -> None:
        added = add_starting_prompts(
            organization=organization, actor=None, actor_label=ACTOR
        )
        words = f"Added: {', '.join(added)}." if added else "All are here already."
        self._say(options, words, added=added)

    def _export(self, organization: Organization, options: Options) -> None:
        names = options["names"]
        chosen = [prompt_named(organization, one) for one in names] if names else None
        is_json = options["json"] or options["format"] == "json"
        files = prompt_files(organization, chosen)
        text = write_prompts(files, "json" if is_json else "yaml")
        if not options["file"]:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["file"]).write_text(text, encoding="utf-8")
        except OSError as error:
            message = f"{options['file']} cannot be written: {error.strerror}."
            raise CommandError(message) from error

    def _import(self, organization: Organization, options: Options) -> None:
        found = import_prompts(
            organization=organization,
            files=read_prompts(content_of(options["file"], MAX_FILE_BYTES)),
            actor=None,
            actor_label=ACTOR,
        )
        if options["json"]:
            is_trial = bool(options["dry_run"])
            documents = [{**vars(one), "dry_run": is_trial} for one in found]
            return self._json(documents)
        for one in found:
            added = ", ".join(f"v{number}" for number in one.new_versions)
            moved = [f"{name} on v{number}" for name, number in one.labels.items()]
            said = "; ".join(filter(None, [added and f"new {added}", *moved]))
            self.stdout.write(f"{one.name}: {said or 'nothing to change'}")
        return None

    def _say_label(
        self, prompt: Prompt, outcome: LabelOutcome, options: Options
    ) -> None:
        where = f"on v{outcome.to_number}" if outcome.to_number else "taken away"
        words = f"{outcome.label} of {prompt.name} is {where}."
        self._say(options, words, **vars(outcome))

    def _say(self, options: Options, words: str, **facts: Any) -> None:
        is_trial = bool(options.get("dry_run"))
        if options["json"]:
            return self._json({**facts, "said": words, "dry_run": is_trial})
        ending = " (A trial: nothing was changed.)" if is_trial else ""
        self.stdout.write(words + ending)
        return None

    def _json(self, document: Any) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
