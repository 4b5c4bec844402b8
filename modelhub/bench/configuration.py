"""How long `config apply` of 2,000 models takes, from the text of a file on."""

from __future__ import annotations

import itertools
import json
from typing import Final

from analytics.configuration_sections import SECTIONS
from analytics.services.configuration import apply_configuration
from modelhub.bench.timing import Measurement, measure
from registry.configuration.files import lined, read_document
from registry.configuration.merging import merged
from registry.models import AIModel, ModelSetting, Organization, Provider
from registry.services.model_settings import (
    Configuration,
    configure_model,
    enable_model,
)

MODELS: Final = 2_000
TARGET_MS: Final = 2_000
MOST_RUNS: Final = 5
ONE_BY_ONE: Final = 100
"""As many are enough to see what each takes."""


def measure_configuration(runs: int) -> list[Measurement]:
    """Every model is enabled and configured; each further run changes all of them."""
    organization = Organization.objects.create(name="Files", slug="bench-files")
    names = _add_models(organization)
    few = min(runs, MOST_RUNS)
    turns = itertools.count(1)

    def apply() -> None:
        text = _text(names, next(turns))
        file = read_document(lined(text), "models.json", SECTIONS)
        apply_configuration(
            organization=organization, wanted=merged([file]), actor=None
        )

    applied = measure(apply, runs=few)
    again = measure(lambda: _same(organization, names), runs=few)
    single = measure(lambda: _one_by_one(organization, next(turns)), runs=few)
    added = measure(lambda: _add_own(next(turns)), runs=few)
    return [
        Measurement(f"Apply of {MODELS:,} models that change", applied, TARGET_MS),
        Measurement(f"Apply of {MODELS:,} models that are so", again, TARGET_MS),
        Measurement(f"Apply of {MODELS:,} new models of its own", added),
        Measurement(f"{ONE_BY_ONE} models by the services, one by one", single),
    ]


def _add_models(organization: Organization) -> list[str]:
    provider, _ = Provider.objects.get_or_create(slug="bench", name="Bench")
    rows = [
        AIModel(provider=provider, model_name=f"model-{n}", name=f"Model {n}")
        for n in range(MODELS)
    ]
    AIModel.objects.bulk_create(rows)
    return [one.reference for one in rows]


def _text(names: list[str], turn: int) -> bytes:
    models = {
        name: {
            "enabled": True,
            "parameters": {"temperature": 0.25, "max_tokens": turn},
            "fallbacks": [names[place - 1]],
            "monthly_limit_usd": "50",
            "notes": f"Turn {turn}",
        }
        for place, name in enumerate(names)
    }
    return json.dumps({"modelhub": 1, "models": models}, indent=1).encode()


def _same(organization: Organization, names: list[str]) -> None:
    row = ModelSetting.objects.filter(organization=organization).first()
    turn = int(row.notes.split()[1]) if row else 1
    file = read_document(lined(_text(names, turn)), "models.json", SECTIONS)
    apply_configuration(organization=organization, wanted=merged([file]), actor=None)


def _add_own(turn: int) -> None:
    slug = f"bench-own-{turn}"
    organization = Organization.objects.create(name=slug, slug=slug)
    rates = {"standard": {"input_mtok": "1", "output_mtok": "2"}}
    own = {
        f"custom/own-{turn}-{n}": {"context_window": 32_000, "rates": rates}
        for n in range(MODELS)
    }
    text = json.dumps({"modelhub": 1, "custom_models": own}).encode()
    file = read_document(lined(text), "models.json", SECTIONS)
    apply_configuration(organization=organization, wanted=merged([file]), actor=None)


def _one_by_one(organization: Organization, turn: int) -> None:
    rows = AIModel.objects.filter(provider__slug="bench").select_related("provider")
    for one in rows[:ONE_BY_ONE]:
        enable_model(organization=organization, ai_model=one, actor=None)
        setting = ModelSetting.objects.get(organization=organization, ai_model=one)
        configure_model(
            organization=organization,
            ai_model=one,
            configuration=Configuration({"max_tokens": turn}, notes=f"Turn {turn}"),
            expected_version=setting.version,
            actor=None,
        )
