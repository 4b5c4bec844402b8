"""Which setting each feature of an organisation has in force, read in few queries:
what switches compare with and build on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from registry.models import (
    ActivePack,
    AssignmentFallback,
    Feature,
    Organization,
    PackEntry,
    PackVersion,
)
from registry.packs.judging import KnownPrompt, ModelKey, Wish
from registry.requirements import Requirements

FEATURE: Final = (
    "pk",
    "key",
    "name",
    "archived_at",
    "required_capabilities",
    "min_context_tokens",
    "accuracy_level",
    "urgency",
    "budget_sensitivity",
    "assignment__revision_number",
)
REVISION: Final = (
    "pk",
    "ai_model_id",
    "parameters",
    "prompt_version_id",
    "prompt_version__prompt__name",
    "prompt_version__number",
    "pack_version_id",
    "pack_version__pack__slug",
    "pack_version__number",
    "pack_switch_id",
    "restored_from_id",
    "restored_from__pack_switch_id",
)
"""What `Held.of` reads of a revision, in its order."""


@dataclass(frozen=True)
class Held:
    """What a revision says."""

    revision_id: int
    model_id: int | None
    fallback_ids: tuple[int, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    prompt: KnownPrompt | None = None
    pack_version_id: int | None = None
    pack: str = ""
    pack_switch_id: int | None = None
    restored_from_id: int | None = None
    restored_from_switch_id: int | None = None

    @classmethod
    def of(cls, row: Sequence[Any], steps: Mapping[int, tuple[int, ...]]) -> Held:
        """From the values of `REVISION` and the fallbacks of all revisions."""
        revision_id, model_id, parameters, prompt_id, name, number = row[:6]
        version_id, slug, version, switch_id, restored_id, restored_switch_id = row[6:]
        return cls(
            revision_id,
            model_id,
            steps.get(revision_id, ()),
            parameters,
            KnownPrompt(prompt_id, f"{name}@{number}") if prompt_id else None,
            version_id,
            f"{slug} v{version}" if version_id else "",
            switch_id,
            restored_id,
            restored_switch_id,
        )

    @property
    def model_keys(self) -> tuple[ModelKey, ...]:
        ids = () if self.model_id is None else (self.model_id, *self.fallback_ids)
        return tuple((pk, "") for pk in ids)

    @property
    def origin_id(self) -> int:
        """The revision that said so first, where this one is a roll-back."""
        return self.restored_from_id or self.revision_id

    def comes_from(self, switch_id: int) -> bool:
        """Whether the switch, or a roll-back to what it set, put it in force."""
        return switch_id in {self.pack_switch_id, self.restored_from_switch_id}


@dataclass(frozen=True)
class InForce:
    """A feature and what it holds; `id` is 0 for one that would only be made, and
    `number` 0 where nothing was ever assigned."""

    id: int
    key: str
    name: str
    requirements: Requirements
    is_archived: bool = False
    number: int = 0
    held: Held | None = None

    @property
    def has_model(self) -> bool:
        return self.held is not None and self.held.model_id is not None

    @property
    def is_own(self) -> bool:
        """Whether a person assigned it, and not a pack."""
        return (
            self.has_model
            and self.held is not None
            and self.held.pack_version_id is None
        )


def in_force(organization: Organization) -> dict[str, InForce]:
    """Every feature by key, archived ones too. Two queries."""
    steps = fallback_ids(organization)
    of_revision = (f"assignment__revision__{name}" for name in REVISION)
    rows = (
        Feature.objects.filter(organization=organization)
        .order_by("key")
        .values_list(*FEATURE, *of_revision)
    )
    return {row[1]: _in_force(row, steps) for row in rows}


def fallback_ids(organization: Organization) -> dict[int, tuple[int, ...]]:
    """By revision in force, in their order."""
    rows = (
        AssignmentFallback.objects.filter(
            revision__in_force_for__feature__organization=organization
        )
        .order_by("revision", "position")
        .values_list("revision_id", "ai_model_id")
    )
    return grouped(rows)


def grouped(rows: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for owner, model_id in rows:
        found.setdefault(owner, []).append(model_id)
    return {owner: tuple(ids) for owner, ids in found.items()}


def fingerprint(active: ActivePack | None, features: Iterable[InForce]) -> str:
    """Changes with every switch and with every assignment: what a person saw."""
    count = active.switch_count if active else 0
    seen = ",".join(
        f"{one.id}.{one.number}"
        for one in sorted(features, key=lambda one: one.id)
        if one.number
    )
    return f"{count}-{hashlib.sha256(seen.encode()).hexdigest()[:16]}"


def wishes_of(
    versions: Iterable[PackVersion],
) -> tuple[dict[int, list[Wish]], dict[str, KnownPrompt]]:
    """What the entries of each version say, and the prompts that they are pinned to,
    which are written by their exact version. One query."""
    wanted = [one.pk for one in versions]
    rows = (
        PackEntry.objects.filter(version__in=wanted)
        .order_by("version", "feature_key")
        .values_list(
            "version_id",
            "feature_key",
            "ai_model_id",
            "model_reference",
            "fallback_references",
            "parameters",
            "prompt_reference",
            "prompt_version_id",
            "prompt_version__prompt__name",
            "prompt_version__number",
        )
    )
    wishes: dict[int, list[Wish]] = {pk: [] for pk in wanted}
    prompts: dict[str, KnownPrompt] = {}
    for (
        version_id,
        key,
        model_id,
        reference,
        fallbacks,
        parameters,
        prompt,
        prompt_id,
        name,
        number,
    ) in rows:
        if prompt_id is not None:
            prompt = f"{name}@{number}"
            prompts[prompt] = KnownPrompt(prompt_id, prompt)
        chain: tuple[ModelKey, ...] = tuple((None, one) for one in fallbacks)
        wish = Wish(key, (model_id, reference), chain, parameters, prompt)
        wishes[version_id].append(wish)
    return wishes, prompts


def active_pack(organization: Organization) -> ActivePack | None:
    return (
        ActivePack.objects.filter(organization=organization)
        .select_related("version__pack", "last_switch")
        .first()
    )


def _in_force(row: Sequence[Any], steps: Mapping[int, tuple[int, ...]]) -> InForce:
    pk, key, name, archived_at, capabilities, window, accuracy, *rest = row[:10]
    urgency, sensitivity, number = rest
    held = row[10:]
    return InForce(
        id=pk,
        key=key,
        name=name,
        requirements=Requirements(
            tuple(capabilities), window, accuracy, urgency, sensitivity
        ),
        is_archived=archived_at is not None,
        number=number or 0,
        held=None if held[0] is None else Held.of(held, steps),
    )
