"""The optimal mix in the console: the same limits as on its page."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from recommender.console.answer import Answer
from recommender.forms.mix import MixForm
from recommender.mix.clashes import Clash
from recommender.mix.problem import Problem
from recommender.mix.solving import Choice, Mix, best_mix
from recommender.queries.mix_problem import MixGround, mix_ground, problem_of
from recommender.recommending.asked import AskedError
from recommender.services.mix_packs import save_mix
from registry.console_table import table_text
from registry.models import Organization
from registry.trial_run import DRY, trial_run

COLUMNS: Final = ("Feature", "Now", "Then", "Quality", "A month", "Saves")
MONEY: Final = ("Quality", "A month", "Saves")
OPTIONS: Final = {
    "budget": "--budget",
    "loss": "--loss",
    "floor": "--floor",
    "latency": "--latency",
    "changes": "--changes",
    "providers": "--providers",
    "provider_limits": "--provider-limit",
    "least_saving": "--least-saving",
}
NOTHING: Final = (
    "Nothing to mix yet: a feature takes part once it has a model, and calls on at "
    "least three of the last thirty days."
)


def mix_answer(organization: Organization, options: dict[str, Any]) -> Answer:
    """Raises AskedError for limits that make no sense, and PackRefused and StalePack
    where the pack cannot be saved."""
    asked = _form(options).asked
    ground = mix_ground(organization, timezone.now(), asked)
    left_out = [f"{one.name} {why}." for one, why in ground.left_out]
    if not ground.features:
        return Answer({"features": [], "left_out": left_out}, NOTHING)
    try:
        problem = problem_of(ground, asked)
    except ValueError as error:
        raise AskedError(str(error)) from error
    found = best_mix(problem)
    if isinstance(found, Clash):
        why = " ".join(["No mix fits all of it.", *found.lines])
        return Answer({"clash": found.lines}, "", why)
    return _shown(organization, problem, ground, found, options, left_out)


def _form(options: dict[str, Any]) -> MixForm:
    loss = options["loss"]
    form = MixForm(
        {
            **{name: options[name] for name in OPTIONS if name in options},
            "goal": options["goal"],
            "loss": "" if loss == "any" else loss,
            "provider_limits": ", ".join(options["provider_limit"]),
            "tested": "on" if options["tested"] else "",
        }
    )
    if not form.is_valid():
        said = [
            f"{OPTIONS.get(name, name)}: {texts[0]}"
            for name, texts in form.errors.items()
        ]
        raise AskedError(" ".join(said))
    return form


def _shown(
    organization: Organization,
    problem: Problem,
    ground: MixGround,
    found: Mix,
    options: dict[str, Any],
    left_out: list[str],
) -> Answer:
    names = {one.key: one.name for one in ground.features}
    choices = sorted(found.choices, key=lambda one: -(one.saving_usd or 0.0))
    saved = [one.saving_usd for one in choices]
    known = [one for one in saved if one is not None]
    total = sum(known) if len(known) == len(saved) else None
    document: dict[str, Any] = {
        "features": [_document(one) for one in choices],
        "cost_usd": round(found.cost_usd, 6),
        "saving_usd": None if total is None else round(total, 6),
        "changes": found.change_count,
        "providers": list(found.providers),
        "is_proven": found.is_proven,
        "left_out": left_out,
    }
    proof = (
        "proven optimal" if found.is_proven else "best found in the time; not proven"
    )
    kept = "" if total is None else f", {_change(total)}"
    lines = [
        table_text(COLUMNS, [_row(one, names) for one in choices], right=MONEY),
        f"{_usd(found.cost_usd)} a month{kept}; {found.change_count} of "
        f"{len(problem.needs)} features changed; {proof}.",
        *left_out,
    ]
    if options["save"].strip():
        slug, said = _saved(organization, found, options)
        document |= {"pack": slug, "dry_run": options["dry_run"]}
        lines += said
    return Answer(document, "\n".join(lines))


def _saved(
    organization: Organization, found: Mix, options: dict[str, Any]
) -> tuple[str, list[str]]:
    is_dry = options["dry_run"]
    with trial_run(is_dry):
        pack = save_mix(
            organization=organization,
            mix=found,
            name=options["save"].strip()[:120],
            actor=None,
        )
    said = (
        f"Saved as the pack {pack.slug}; nothing is switched. "
        f"`modelhub packs switch {pack.slug}` does."
    )
    return pack.slug, [said, *([DRY] if is_dry else [])]


def _document(one: Choice) -> dict[str, Any]:
    saved = one.saving_usd
    return {
        "feature": one.key,
        "now": one.before.reference if one.before else None,
        "then": one.option.reference,
        "is_change": one.is_change,
        "quality": one.option.quality,
        "cost_usd": round(one.option.cost_usd, 6),
        "saving_usd": None if saved is None else round(saved, 6),
    }


def _row(one: Choice, names: dict[str, str]) -> tuple[object, ...]:
    quality = one.option.quality
    return (
        names[one.key],
        one.before.reference if one.before else None,
        one.option.reference if one.is_change else "stays",
        None if quality is None else f"{quality:.0f}",
        _usd(one.option.cost_usd),
        _usd(one.saving_usd) if one.is_change and one.saving_usd is not None else None,
    )


def _change(saved: float) -> str:
    return f"{_usd(saved)} less than now" if saved >= 0 else f"{_usd(-saved)} more"


def _usd(amount: float) -> str:
    sign = "−" if round(amount, 2) < 0 else ""
    return f"{sign}${abs(amount):,.2f}"
