"""Whatever a profile says, no model that fails its requirements is ever asked."""

import dataclasses
import random

import pytest

from registry.profiles.document import ProfileDocument
from registry.profiles.overlay import chosen_for
from registry.resolution.entries import ProfileEntry
from registry.resolution.machine import Machine
from registry.resolution.plan import NotResolved, Selection
from registry.resolution.resolving import resolve
from tests.registry.resolution.entries import (
    ACME,
    TODAY,
    connection,
    feature,
    model,
    snapshot,
)

WORDS = ("tools", "image_analysis", "reasoning", "text_generation")
NAMES = ("reasoning", "coding", "writing")
KEYS = ("code.review", "writer", "weather")


def some(chance, one):
    return one if chance.random() < 0.5 else None


def any_model(chance, pk):
    found = model(
        pk,
        f"{chance.choice(['ollama', 'openai', 'acme'])}/m{pk}",
        window=some(chance, chance.choice([4_000, 32_000, 200_000])),
        capabilities=tuple(word for word in WORDS if chance.random() < 0.5),
    )
    strengths = {name: chance.random() for name in NAMES if chance.random() < 0.5}
    return dataclasses.replace(
        found, strengths=strengths, min_memory_gb=some(chance, chance.uniform(1, 30))
    )


def any_preference(chance, models):
    said = {
        "models": some(chance, [one.reference for one in chance.sample(models, 3)]),
        "cloud_fallbacks": some(chance, [chance.choice(models).reference, "no/thing"]),
        "allow_cloud": some(chance, chance.random() < 0.5),
        "requirements": {
            "reasoning_strength": some(chance, chance.random()),
            "coding_strength": some(chance, chance.random()),
            "min_context_tokens": some(chance, chance.choice([1_000, 50_000])),
            "max_memory_gb": some(chance, chance.uniform(1, 20)),
            "needs_tools": some(chance, True),
            "known_only": some(chance, True),
        },
    }
    said["requirements"] = {
        name: one for name, one in said["requirements"].items() if one is not None
    }
    return said


def any_snapshot(chance):
    models = [any_model(chance, pk) for pk in range(1, 12)]
    ids = [one.id for one in models]
    here = connection(1, "ollama", is_local=True, offers=dict.fromkeys(ids, True))
    endpoint = dataclasses.replace(
        here.endpoint, dialect="ollama", base_url="http://localhost:11434"
    )
    here = dataclasses.replace(here, endpoint=endpoint, runs_here=True)
    found = snapshot(
        models,
        [here, connection(2, "openai"), connection(3, "acme")],
        [feature(key, *chance.sample(ids, chance.randint(0, 3))) for key in KEYS],
        enabled=set(chance.sample(ids, 8)),
        default_model_id=some(chance, chance.choice(ids)),
    )
    roles = {key: any_preference(chance, models) for key in ("*", "code.review")}
    tasks = {"writing": any_preference(chance, models)}
    document = ProfileDocument.of({"roles": roles, "tasks": tasks})
    profile = ProfileEntry(1, ACME, "p", "P", document)
    configuration = dataclasses.replace(
        found.configuration, profiles={(ACME, "p"): profile}
    )
    return dataclasses.replace(
        found, configuration=configuration, machine=Machine(free_memory_gb=16)
    )


def breaks(candidate, preference):
    """The requirement that a candidate fails, written down anew."""
    asked, one = preference.requirements, candidate.model
    traits, is_strict = one.traits, asked.get("known_only")
    for name in ("reasoning", "coding"):
        least = asked.get(f"{name}_strength")
        known = one.strengths.get(name, 0.0 if is_strict else 1.0)
        if least is not None and known < least:
            return name
    if asked.get("needs_tools") and "tools" not in traits.capabilities:
        return "tools"
    if (traits.context_window or 0) < asked.get("min_context_tokens", 0):
        return "context"
    if preference.allow_cloud is False and not candidate.connection.is_local:
        return "cloud"
    most_gb = min(16, asked.get("max_memory_gb", 16))
    takes_gb = one.min_memory_gb if candidate.connection.runs_here else None
    return "memory" if (takes_gb or 0) > most_gb else ""


@pytest.mark.parametrize("seed", range(120))
def test_no_candidate_fails_a_requirement(seed):
    found = any_snapshot(random.Random(seed))  # noqa: S311  # no secret
    document = found.profile(ACME, "p").document
    selections = [Selection(feature=key, profile="p") for key in KEYS]

    for selection in [*selections, Selection(is_auto=True, profile="p")]:
        try:
            plan = resolve(found, ACME, selection, today=TODAY)
        except NotResolved:
            continue
        preference = chosen_for(document, selection.feature).preference
        assert {breaks(one, preference) for one in plan.candidates} <= {""}
        models = [one.model.id for one in plan.candidates]
        assert len(models) == len(set(models))
        assert set(models) <= found.organization(ACME).enabled_model_ids
