"""`modelhub profiles`: what people and environments prefer, on the command line."""

import difflib
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from registry.console_table import table_text
from registry.lined.document import MAX_BYTES, Unreadable
from registry.models import ApiToken, Membership, Organization, Profile
from registry.profile_arguments import add_options
from registry.profiles.document import Preference
from registry.profiles.files import Kind, ProfileFile, read_profile, write_profile
from registry.profiles.needs import Needs
from registry.queries.organizations import OrganizationUnclear, chosen_organization
from registry.queries.profiles import (
    check_profile,
    draft_from_assignments,
    draft_local_first,
    file_of,
    profiles_of,
)
from registry.queries.references import resolve_reference, similar_references
from registry.resolution.loading import load_snapshot_of
from registry.services.profile_activation import (
    activate_for_person,
    activate_for_token,
    set_default_model,
)
from registry.services.profiles import (
    ProfileRefused,
    StaleProfile,
    copy_profile,
    create_profile,
    delete_profile,
    edit_profile,
    import_profile,
    restore_profile,
)

ACTOR = "modelhub profiles"
NONE = "none"
Options = dict[str, Any]


class Command(BaseCommand):
    help = "Profiles: list, show, create, edit, validate, activate, import, export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(
            parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = getattr(self, f"_{options['action'].replace('-', '_')}")
        try:
            organization = chosen_organization(options["organization"])
            with transaction.atomic():
                run(organization, options)
                if options.get("dry_run"):
                    transaction.set_rollback(True)
        except (OrganizationUnclear, StaleProfile) as error:
            raise CommandError(str(error)) from error
        except (ProfileRefused, Unreadable) as error:
            raise CommandError("\n".join(map(str, error.problems))) from error

    def _list(self, organization: Organization, options: Options) -> None:
        rows = list(profiles_of(organization))
        if options["json"]:
            return self._json([_summary(row) for row in rows])
        lines = [
            (row.slug, row.name, said["people"], said["tokens"])
            for row, said in ((row, _summary(row)) for row in rows)
        ]
        numbers = ("People", "Tokens")
        is_terminal = bool(self.stdout.isatty())
        columns = ("Profile", "Name", *numbers)
        table = table_text(columns, lines, is_terminal=is_terminal, right=numbers)
        self.stdout.write(table if rows else "No profiles yet.")
        return None

    def _show(self, organization: Organization, options: Options) -> None:
        profile = _profile(organization, options["slug"])
        checked = check_profile(organization, profile.slug, profile.document)
        if options["json"]:
            document = {**_summary(profile), **file_of(profile).as_json()}
            document["effective"] = checked.document.as_json()
            return self._json(document)
        self.stdout.write(f"{profile.name} ({profile.slug}), version {profile.version}")
        if len(checked.way) > 1:
            self.stdout.write(f"  extends {' → '.join(checked.way[1:])}")
        for kind, preferences in (
            ("role", checked.document.roles),
            ("task", checked.document.tasks),
        ):
            for key, preference in preferences.items():
                self.stdout.write(f"  {kind} {key}: {preference_text(preference)}")
        for finding in checked.findings:
            self.stdout.write(f"  ! {finding}")
        return None

    def _create(self, organization: Organization, options: Options) -> None:
        if options["file"] and options["draft"]:
            raise CommandError("Give --file or --from: one of them.")
        document = _drafted(organization, options)
        profile = create_profile(
            organization=organization,
            name=options["name"],
            slug=options["new_slug"],
            description=options["description"] or "",
            document=document,
            actor=None,
            actor_label=ACTOR,
        )
        self._done(profile, "is created", options)

    def _copy(self, organization: Organization, options: Options) -> None:
        profile = copy_profile(
            profile=_profile(organization, options["slug"]),
            name=options["name"],
            slug=options["new_slug"],
            actor=None,
            actor_label=ACTOR,
        )
        self._done(profile, "is created", options)

    def _edit(self, organization: Organization, options: Options) -> None:
        profile = _profile(organization, options["slug"])
        facts: Options = {
            name: options[name]
            for name in ("name", "description")
            if options[name] is not None
        }
        if options["file"]:
            facts["document"] = _read(options["file"]).document
        if not facts:
            raise CommandError("Say what to change: --name, --description or --file.")
        is_changed = edit_profile(
            profile=profile,
            expected_version=profile.version,
            actor=None,
            actor_label=ACTOR,
            **facts,
        )
        self._done(profile, "is changed" if is_changed else "said so already", options)

    def _delete(self, organization: Organization, options: Options) -> None:
        profile = _profile(organization, options["slug"])
        delete_profile(profile=profile, actor=None, actor_label=ACTOR)
        self._done(profile, "is deleted", options)

    def _restore(self, organization: Organization, options: Options) -> None:
        profile = _profile(organization, options["slug"], is_deleted=True)
        restore_profile(profile=profile, actor=None, actor_label=ACTOR)
        self._done(profile, "is restored", options)

    def _validate(self, organization: Organization, options: Options) -> None:
        if options["file"]:
            file = _read(options["file"])
        else:
            file = file_of(_profile(organization, options["slug"]))
        checked = check_profile(organization, file.slug, file.document)
        if options["json"]:
            findings = [
                {"severity": one.severity, "place": one.place, "text": one.text}
                for one in checked.findings
            ]
            self._json({"is_valid": not checked.has_errors, "findings": findings})
        else:
            for one in checked.findings:
                self.stdout.write(f"{one.severity}: {one}")
            if not checked.findings:
                self.stdout.write(f"{file.slug} is in order.")
        if checked.has_errors:
            raise CommandError(f"{file.slug} has errors.")

    def _activate(self, organization: Organization, options: Options) -> None:
        slug, person, token = options["slug"], options["person"], options["token"]
        if bool(person) == bool(token):
            raise CommandError("Name a --person or a --token: one of them.")
        profile = None if slug == NONE else _profile(organization, slug)
        if person:
            membership = _membership(organization, person)
            activate_for_person(
                membership=membership, profile=profile, actor=None, actor_label=ACTOR
            )
        else:
            activate_for_token(
                token=_token(organization, token),
                profile=profile,
                actor=None,
                actor_label=ACTOR,
            )
        self._say({"profile": profile and profile.slug, "of": person or token}, options)
        if not options["json"]:
            what = f"{profile.slug} is active" if profile else "No profile is active"
            self.stdout.write(f"{what} for {person or token}.{_dry(options)}")

    def _import(self, organization: Organization, options: Options) -> None:
        profile, happened = import_profile(
            organization=organization,
            file=_read(options["file"]),
            actor=None,
            actor_label=ACTOR,
        )
        self._done(profile, f"is {happened}", options)

    def _export(self, organization: Organization, options: Options) -> None:
        profile = _profile(organization, options["slug"])
        is_json = options["json"] or options["format"] == "json"
        text = write_profile(file_of(profile), "json" if is_json else "yaml")
        if not options["file"]:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["file"]).write_text(text, encoding="utf-8")
        except OSError as error:
            message = f"{options['file']} cannot be written: {error.strerror}."
            raise CommandError(message) from error

    def _default_model(self, organization: Organization, options: Options) -> None:
        word = options["model"]
        ai_model = None
        if word != NONE:
            ai_model = resolve_reference(word, organization).ai_model
            if ai_model is None:
                close = similar_references(word, organization)
                _not_there(f"There is no model {word!r} in the catalog.", close)
        set_default_model(
            organization=organization, ai_model=ai_model, actor=None, actor_label=ACTOR
        )
        name = ai_model.reference if ai_model else None
        self._say({"default_model": name}, options)
        if not options["json"]:
            self.stdout.write(f"Default model: {name or 'none'}.{_dry(options)}")

    def _done(self, profile: Profile, what: str, options: Options) -> None:
        self._say(_summary(profile), options)
        if not options["json"]:
            self.stdout.write(f"{profile.slug} {what}.{_dry(options)}")

    def _say(self, document: Options, options: Options) -> None:
        if options["json"]:
            self._json({**document, "dry_run": bool(options.get("dry_run"))})

    def _json(self, document: Any) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def preference_text(preference: Preference) -> str:
    """What is preferred, as one line."""
    parts = [" → ".join(preference.references)]
    parts.append(", ".join(Needs.of(preference.requirements).words))
    parts.append("no cloud" if preference.allow_cloud is False else "")
    parts += [f"{name} {value}" for name, value in preference.parameters.items()]
    return "; ".join(filter(None, parts)) or "nothing"


def _drafted(organization: Organization, options: Options) -> Any:
    if options["file"]:
        return _read(options["file"]).document
    drafts: dict[str, Callable[..., Options]] = {
        "assigned": draft_from_assignments,
        "local": draft_local_first,
    }
    draft = drafts.get(options["draft"] or "")
    if draft is None:
        return {}
    document = draft(load_snapshot_of(organization.pk), organization.pk)
    if not document:
        raise CommandError("There is nothing to make a profile of yet.")
    return document


def _read(name: str) -> ProfileFile:
    try:
        if name == "-":
            return read_profile(sys.stdin.buffer.read(MAX_BYTES + 1))
        with Path(name).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}."
        raise CommandError(message) from error
    kind: Kind = "json" if name.lower().endswith(".json") else ""
    return read_profile(content, kind=kind)


def _profile(
    organization: Organization, slug: str, *, is_deleted: bool = False
) -> Profile:
    rows = Profile.objects.filter(
        organization=organization, archived_at__isnull=not is_deleted
    )
    found = {one.slug: one for one in rows}
    if slug not in found:
        kind = "deleted profile" if is_deleted else "profile"
        close = difflib.get_close_matches(slug, found, n=3)
        _not_there(f"There is no {kind} {slug!r}.", close)
    return found[slug]


def _membership(organization: Organization, email: str) -> Membership:
    rows = Membership.objects.filter(organization=organization).select_related("user")
    found = {one.user.email: one for one in rows}
    if email not in found:
        close = difflib.get_close_matches(email, found, n=3)
        _not_there(f"Nobody is called {email!r} in {organization.slug}.", close)
    return found[email]


def _token(organization: Organization, label: str) -> ApiToken:
    rows = list(ApiToken.objects.filter(organization=organization, revoked_at=None))
    found = [one for one in rows if one.label == label]
    if len(found) > 1:
        raise CommandError(f"{len(found)} tokens are called {label!r}: rename one.")
    if not found:
        close = difflib.get_close_matches(label, [one.label for one in rows], n=3)
        _not_there(f"There is no API token {label!r}.", close)
    return found[0]


def _not_there(message: str, close: list[str]) -> NoReturn:
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    raise CommandError(f"{message}{hint}")


def _summary(profile: Profile) -> Options:
    return {
        "slug": profile.slug,
        "name": profile.name,
        "description": profile.description,
        "version": profile.version,
        "people": getattr(profile, "person_count", None),
        "tokens": getattr(profile, "token_count", None),
    }


def _dry(options: Options) -> str:
    return " (A trial: nothing was changed.)" if options.get("dry_run") else ""
