"""An optimal mix as a pack: assignments that can be switched to, and back."""

from __future__ import annotations

from dataclasses import replace

from recommender.mix.solving import Mix
from registry.models import Organization, Pack, User
from registry.packs.document import PackDocument, slug_from
from registry.queries.packs import document_assigned_now
from registry.services.packs import import_pack


def save_mix(
    *, organization: Organization, mix: Mix, name: str, actor: User | None
) -> Pack:
    """What every feature has now, with the models of the mix; a new pack, or a new
    version of the one with this name. Nothing is switched. Raises PackRefused and
    StalePack."""
    document = mix_document(organization, mix, name)
    made = import_pack(organization=organization, document=document, actor=actor)
    return made.version.pack


def mix_document(organization: Organization, mix: Mix, name: str) -> PackDocument:
    """Prompts and parameters stay; a fallback that became the model falls out."""
    changed = {one.key: one.option.reference for one in mix.choices if one.is_change}
    now = document_assigned_now(
        organization,
        name=name,
        slug=slug_from(name),
        description="Made from the optimal mix.",
        note=f"Optimal mix: {mix.change_count} changes, about "
        f"${mix.cost_usd:,.2f} a month.",
    )
    features = []
    for one in now.features:
        model = changed.get(one.key, one.model)
        fallbacks = tuple(each for each in one.fallbacks if each != model)
        features.append(replace(one, model=model, fallbacks=fallbacks))
    return replace(now, features=tuple(features))
