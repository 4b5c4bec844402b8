"""How long a switch of a pack takes, with 200 features that all change."""

from __future__ import annotations

import itertools
from typing import Final

from django.core.management import CommandError
from django.utils import timezone

from modelhub.bench.timing import Measurement, measure
from registry.key_ring import encrypt
from registry.models import (
    AIModel,
    Connection,
    Feature,
    ModelSetting,
    Organization,
    PackVersion,
)
from registry.packs.document import PackDocument, PackFeature
from registry.queries.pack_difference import pack_difference
from registry.services.pack_switches import roll_back_switch, switch_pack
from registry.services.packs import create_pack

FEATURES: Final = 200
MODELS: Final = 4
SWITCH_TARGET_MS: Final = 100


def measure_packs(runs: int) -> list[Measurement]:
    """Switches between two packs that share no model at any feature."""
    organization = _organization()
    versions = [_pack(organization, shift) for shift in (0, 1)]
    turns = itertools.cycle(versions)

    def switch() -> None:
        switch_pack(version=next(turns), actor=None)

    def roll_back() -> None:
        roll_back_switch(organization=organization, actor=None)

    switching = measure(switch, runs=runs)
    back = measure(roll_back, runs=runs, prepare=switch)
    compared = measure(lambda: pack_difference(versions[0], timezone.now()), runs=runs)
    return [
        Measurement(f"Switch of {FEATURES} features", switching, SWITCH_TARGET_MS),
        Measurement(f"Roll-back of {FEATURES} features", back, SWITCH_TARGET_MS),
        Measurement(f"Difference of {FEATURES} features", compared),
    ]


def _organization() -> Organization:
    organization = Organization.objects.create(name="Packs", slug="bench-packs")
    Feature.objects.bulk_create(
        Feature(organization=organization, key=f"feature-{n}", name=f"Feature {n}")
        for n in range(FEATURES)
    )
    for ai_model in _models():
        ModelSetting.objects.create(
            organization=organization, ai_model=ai_model, is_enabled=True
        )
        Connection.objects.get_or_create(
            organization=organization,
            provider=ai_model.provider,
            defaults={"label": "Bench", "encrypted_key": encrypt("sk-bench")},
        )
    return organization


def _models() -> list[AIModel]:
    found = list(
        AIModel.objects.filter(
            provider__slug="openai", prices__isnull=False, retired_on=None
        )
        .select_related("provider")
        .distinct()
        .order_by("pk")[:MODELS]
    )
    if len(found) < MODELS:
        raise CommandError("The catalogue has too few models to measure with.")
    return found


def _pack(organization: Organization, shift: int) -> PackVersion:
    names = [one.reference for one in _models()]
    features = tuple(
        PackFeature(
            f"feature-{n}",
            names[(n + shift) % MODELS],
            (names[(n + shift + 1) % MODELS],),
            {"temperature": 0.25},
        )
        for n in range(FEATURES)
    )
    document = PackDocument(f"Bench {shift}", f"bench-{shift}", features=features)
    return create_pack(organization=organization, document=document, actor=None)
