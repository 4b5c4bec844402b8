"""What the packs of the sample data say, and what came into force with them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

from analytics.demo.cast import TEMPERATURES, DemoPack, chain
from analytics.demo.features import FEATURES, DemoFeature, Part
from analytics.demo.world import Era, Route
from registry.models import AIModel, Assignment, Connection, PackVersion
from registry.packs.document import PackDocument, PackFeature

Cast = Mapping[Part, AIModel]
TEXTS: Final = (
    "You are part of Acme Studio. Your job: {job} Answer in the language of the person "
    "who asks. Say so where you do not know.",
    "You are part of Acme Studio. Your job: {job} Answer in the language of the person "
    "who asks, in as few words as are needed, and say so where you do not know.\n\n"
    "Good: names what matters first. Bad: repeats the question.",
)


def prompt_text(feature: DemoFeature, number: int) -> str:
    """What version `number` of the prompt of `feature` says."""
    return TEXTS[number - 1].format(job=feature.description)


def pack_document(pack: DemoPack, cast: Cast, note: str) -> PackDocument:
    return PackDocument(
        name=pack.name,
        slug=pack.slug,
        description=pack.description,
        note=note,
        features=tuple(_pack_feature(one, cast) for one in FEATURES),
    )


def era_now(
    version: PackVersion,
    cast: Cast,
    connections: Mapping[int, Connection],
    since: datetime.datetime,
) -> Era:
    """What holds right after the switch to `version`."""
    held = Assignment.objects.filter(
        feature__organization=version.pack.organization
    ).select_related("feature", "revision")
    by_key = {one.feature.key: one for one in held}
    return Era(
        since=since,
        pack_version_id=version.pk,
        routes={one.key: _routes(one.part, cast, connections) for one in FEATURES},
        revisions={key: one.revision_number for key, one in by_key.items()},
        prompt_version_ids={
            key: one.revision.prompt_version_id
            for key, one in by_key.items()
            if one.revision.prompt_version_id
        },
    )


def _pack_feature(feature: DemoFeature, cast: Cast) -> PackFeature:
    first, *others = _models(feature.part, cast)
    temperature = TEMPERATURES.get(feature.key)
    return PackFeature(
        key=feature.key,
        model=first.reference,
        fallbacks=tuple(one.reference for one in others),
        parameters={} if temperature is None else {"temperature": temperature},
        prompt=f"{feature.prompt}@production" if feature.prompt else "",
    )


def _models(part: Part, cast: Cast) -> list[AIModel]:
    """The model of a part and those that stand in, each once."""
    return list({cast[one].pk: cast[one] for one in chain(part)}.values())


def _routes(
    part: Part, cast: Cast, connections: Mapping[int, Connection]
) -> tuple[Route, ...]:
    parts = {cast[one].pk: one for one in reversed(chain(part))}
    return tuple(
        Route(parts[one.pk], one.reference, one.pk, connections[one.provider_id].pk)
        for one in _models(part, cast)
    )
