"""Features, packs and what is assigned as a configuration wants them."""

from __future__ import annotations

from typing import Any, Final

from registry.configuration.planning import Change
from registry.models import Feature, Pack, PackVersion, PromptVersion
from registry.packs.document import PackDocument
from registry.packs.reading import pack_feature
from registry.prompts.naming import PromptReference
from registry.queries.assignments import current_revision
from registry.queries.pack_models import known_prompts
from registry.queries.pack_situation import in_force
from registry.queries.packs import latest_version
from registry.services.assignments import (
    AssignmentRefused,
    assign_model,
    unassign,
)
from registry.services.automatic_choices import set_automatic_choice
from registry.services.configuration_work import Work
from registry.services.features import (
    archive_feature,
    create_feature,
    edit_feature,
    restore_feature,
)
from registry.services.pack_switches import switch_pack
from registry.services.packs import (
    PackRefused,
    add_version,
    archive_pack,
    create_pack,
    describe_pack,
)
from registry.services.profile_activation import set_default_model

CHOICE: Final = "automatic_choice"
APART: Final = frozenset({"assignment", CHOICE})
"""Fields of a feature that services of their own set."""


def apply_features(work: Work) -> None:
    """What they are and require; see `assign` for who answers."""
    rows = _features(work)
    for one in work.changes("features"):
        with work.attempt(one):
            facts = {
                name: value for name, value in one.after.items() if name not in APART
            }
            row = rows.get(one.key)
            if row is None:
                facts["name"] = facts.get("name") or one.key
                row = create_feature(
                    organization=work.organization, key=one.key, **facts, **work.by
                )
            else:
                restore_feature(feature=row, **work.by)
                version = row.version
                edit_feature(feature=row, expected_version=version, **facts, **work.by)
            if CHOICE in one.after:
                set_automatic_choice(feature=row, document=one.after[CHOICE], **work.by)


def remove_features(work: Work) -> None:
    rows = _features(work)
    for one in work.changes("features", "remove"):
        with work.attempt(one):
            archive_feature(feature=rows[one.key], **work.by)


def _features(work: Work) -> dict[str, Feature]:
    rows = Feature.objects.filter(organization=work.organization)
    return {row.key: row for row in rows.select_related("organization")}


def assign(work: Work) -> None:
    """Assignments of their own, before packs are switched: a switch keeps them."""
    rows = _features(work)
    for one in work.changes("features"):
        said = one.after.get("assignment")
        if one.key in rows and said and said["model"] is not None:
            with work.attempt(one, "assignment"):
                _assign(work, rows[one.key], said)


def unassign_features(work: Work) -> None:
    """Last, as a pack would assign them again."""
    rows = _features(work)
    for change in (*work.changes("features"), *work.changes("features", "keep")):
        said = change.entry.get("assignment") or {}
        is_wanted = "assignment" in change.stated and said.get("model") is None
        if is_wanted and change.key in rows:
            with work.attempt(change, "assignment"):
                feature = rows[change.key]
                held = current_revision(feature)
                if held is not None and held.ai_model_id is not None:
                    number = held.number
                    unassign(feature=feature, expected_revision=number, **work.by)


def _assign(work: Work, feature: Feature, said: dict[str, Any]) -> None:
    held = current_revision(feature)
    assign_model(
        feature=feature,
        ai_model=work.model(said["model"]),
        fallbacks=[work.model(name) for name in said.get("fallbacks", ())],
        parameters=said.get("parameters") or {},
        prompt_version=_prompt(work, said.get("prompt", "")),
        expected_revision=held.number if held else 0,
        **work.by,
    )


def _prompt(work: Work, text: str) -> PromptVersion | None:
    if not text:
        return None
    found = known_prompts(work.organization, [text]).get(text)
    if found is None:
        name = PromptReference.parse(text)
        raise AssignmentRefused(message=f"There is no prompt {name}.")
    return PromptVersion.objects.select_related("prompt").get(pk=found.id)


def apply_packs(work: Work) -> None:
    rows = {row.slug: row for row in _packs(work)}
    for one in work.changes("packs"):
        with work.attempt(one):
            row = rows.get(one.key)
            versions = one.entry["versions"]
            if row is None:
                row = create_pack(
                    organization=work.organization,
                    document=_document(one, versions[0]),
                    is_ready_made=one.entry["ready_made"],
                    source_url=one.entry["source_url"],
                    **work.by,
                ).pack
            else:
                if row.archived_at is not None:
                    raise PackRefused(["It is archived. Restore it first."])
                describe_pack(
                    pack=row,
                    name=one.entry["name"] or row.name,
                    description=one.entry["description"],
                    source_url=one.entry["source_url"],
                    **work.by,
                )
            _add_versions(work, one, row)


def remove_packs(work: Work) -> None:
    rows = {row.slug: row for row in _packs(work)}
    for one in work.changes("packs", "remove"):
        with work.attempt(one):
            archive_pack(pack=rows[one.key], **work.by)


def _packs(work: Work) -> list[Pack]:
    rows = Pack.objects.filter(organization=work.organization)
    return list(rows.select_related("organization"))


def _add_versions(work: Work, change: Change, pack: Pack) -> None:
    for version in change.entry["versions"]:
        newest = latest_version(pack)
        if version["number"] > newest.number:
            add_version(
                pack=pack,
                document=_document(change, version),
                expected_number=newest.number,
                **work.by,
            )


def _document(change: Change, version: dict[str, Any]) -> PackDocument:
    return PackDocument(
        name=change.entry["name"] or change.key,
        slug=change.key,
        description=change.entry["description"],
        note=version.get("note", ""),
        features=tuple(
            pack_feature(key, said) for key, said in version["features"].items()
        ),
    )


def apply_settings(work: Work) -> None:
    """The active pack, then the model for what nothing decides about."""
    for one in work.changes("organization"):
        if one.after.get("active_pack"):
            with work.attempt(one, "active_pack"):
                _switch(work, one.after["active_pack"])
        if "default_model" in one.after:
            with work.attempt(one, "default_model"):
                reference = one.after["default_model"]
                model = work.model(reference) if reference else None
                set_default_model(
                    organization=work.organization, ai_model=model, **work.by
                )


def _switch(work: Work, said: str) -> None:
    """Features with an assignment of their own keep it."""
    slug, _, number = said.partition("@")
    version = (
        PackVersion.objects.filter(
            pack__organization=work.organization,
            pack__slug=slug,
            **({"number": int(number)} if number else {}),
        )
        .select_related("pack__organization")
        .order_by("-number")
        .first()
    )
    if version is None:
        raise PackRefused([f"There is no pack {said}."])
    held = in_force(work.organization).values()
    switch_pack(
        version=version,
        keep=[one.key for one in held if one.is_own and not one.is_archived],
        connections_may_follow=True,
        note="Configuration files",
        **work.by,
    )
