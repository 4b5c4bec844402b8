"""Installing the packs that come with ModelHub, and the features they are for."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from django.db import transaction

from registry.models import Feature, Organization, Pack, User
from registry.packs.examples import (
    example_features,
    feature_to_make,
    ready_made,
    ready_made_packs,
)
from registry.queries.packs import latest_version
from registry.services.features import create_feature
from registry.services.packs import (
    PackRefused,
    VersionOutcome,
    add_version,
    create_pack,
)


def install_ready_made(
    *,
    organization: Organization,
    slug: str,
    actor: User | None,
    actor_label: str = "",
) -> VersionOutcome:
    """The pack of this slug, as it ships today: made anew, or brought up to date with a
    new version. Raises PackRefused."""
    document = ready_made(slug)
    if document is None:
        names = [one.slug for one in ready_made_packs()]
        close = difflib.get_close_matches(slug, names, n=2)
        meant = f" Did you mean {' or '.join(close)}?" if close else ""
        raise PackRefused([f"No pack called {slug[:60]} comes with ModelHub.{meant}"])
    pack = Pack.objects.filter(organization=organization, slug=slug).first()
    if pack is not None and not pack.is_ready_made:
        raise PackRefused([f"There is a pack {slug} of your own already."])
    if pack is not None:
        return add_version(
            pack=pack,
            document=document,
            expected_number=latest_version(pack).number,
            actor=actor,
            actor_label=actor_label,
        )
    version = create_pack(
        organization=organization,
        document=document,
        actor=actor,
        actor_label=actor_label,
        is_ready_made=True,
    )
    return VersionOutcome(version, is_new=True)


@transaction.atomic
def add_example_features(
    *,
    organization: Organization,
    keys: Collection[str] | None = None,
    actor: User | None,
    actor_label: str = "",
) -> list[Feature]:
    """The example features (all, or those of `keys`) that the organisation has not
    got. Those that were made."""
    wanted = [one.key for one in example_features()] if keys is None else list(keys)
    return create_features(
        organization=organization, keys=wanted, actor=actor, actor_label=actor_label
    )


def create_features(
    *,
    organization: Organization,
    keys: Collection[str],
    actor: User | None,
    actor_label: str = "",
) -> list[Feature]:
    """A feature for each key that has none, with what is known of it."""
    known = set(
        Feature.objects.filter(organization=organization, key__in=keys).values_list(
            "key", flat=True
        )
    )
    made = [feature_to_make(key) for key in keys if key not in known]
    return [
        create_feature(
            organization=organization,
            actor=actor,
            actor_label=actor_label,
            key=one.key,
            name=one.name,
            **one.facts,
        )
        for one in made
    ]
