"""Recommendations that were found, and what is decided about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from recommender.console.answer import Answer
from recommender.exports_recommendations import recommendation_document
from recommender.models import Recommendation
from recommender.queries.recommendation_lists import recommendations_of
from recommender.services import recommendations as decisions
from recommender.services.recommendation_looks import look_now
from recommender.services.recommendation_writing import write_recommendations
from recommender.services.recommendations import RecommendationRefused
from registry.console_table import table_text
from registry.models import Organization
from registry.templatetags.display import usd
from registry.trial_run import DRY, trial_run

COLUMNS: Final = ("Id", "Feature", "Kind", "State", "Now", "Proposed", "Saves", "Sure")
ACTS: Final[dict[str, Callable[..., Recommendation]]] = {
    "apply": decisions.apply,
    "undo": decisions.undo,
    "snooze": decisions.snooze,
    "dismiss": decisions.dismiss,
    "reopen": decisions.reopen,
}
WISHES: Final = {"snooze": "days", "dismiss": "reason"}
NOTHING: Final = "Nothing here. `modelhub recommend look` judges every feature now."
BUSY: Final = "A worker is looking at this moment; try again when it is done."


def list_answer(organization: Organization, options: dict[str, Any]) -> Answer:
    found = list(
        recommendations_of(
            organization,
            options["state"],
            words=options["words"],
            evidence=options["evidence"],
            kind=options["kind"],
        )
    )
    document = [recommendation_document(one) for one in found]
    if not found:
        return Answer(document, NOTHING)
    return Answer(document, table_text(COLUMNS, [_row(one) for one in found]))


def decision_answer(
    organization: Organization, action: str, options: dict[str, Any]
) -> Answer:
    """Raises RecommendationRefused where there is no such recommendation, or it cannot
    be decided like that."""
    one = _one(organization, options["id"])
    wish = WISHES.get(action)
    wishes = {wish: options[wish]} if wish else {}
    is_dry = options["dry_run"]
    with trial_run(is_dry):
        ACTS[action](recommendation=one, actor=None, **wishes)
        done = _one(organization, one.pk)
    text = f"{done.feature.name}: {done.get_state_display().lower()}."
    if action in ("apply", "undo"):
        model = done.proposed_reference if action == "apply" else done.current_reference
        text = f"{done.feature.name} is on {model} now."
    if action == "apply" and done.costs_more:
        text += f" It costs {usd(done.extra_usd)} a month more."
    document = {**recommendation_document(done), "dry_run": is_dry}
    return Answer(document, f"{text}\n{DRY}" if is_dry else text)


def look_answer(organization: Organization, options: dict[str, Any]) -> Answer:
    """Raises RecommendationRefused while a worker is at it."""
    if options["dry_run"]:
        with trial_run(is_trial=True):
            written = write_recommendations(organization)
        outcomes = written.outcomes
        found = sum(one.proposal is not None for one in outcomes.values())
        facts = {"features": len(outcomes), "judged": written.judged, "found": found}
        return Answer({**facts, "dry_run": True}, f"{_looked(**facts)}\n{DRY}")
    look = look_now(organization)
    if look is None:
        raise RecommendationRefused(BUSY)
    facts = {"features": look.features, "judged": look.judged, "found": look.found}
    return Answer({**facts, "report": look.report}, _looked(**facts))


def _looked(features: int, judged: int, found: int) -> str:
    return (
        f"Looked at {features} feature{'' if features == 1 else 's'}: {judged} could "
        f"be judged, {found} suggestion{'' if found == 1 else 's'}."
    )


def _one(organization: Organization, pk: int) -> Recommendation:
    found = (
        recommendations_of(organization, "all").filter(pk=pk).first()
        if 0 < pk < 2**63
        else None
    )
    if found is None:
        message = f"There is no recommendation {pk}. See `modelhub recommend list`."
        raise RecommendationRefused(message)
    return found


def _row(one: Recommendation) -> tuple[object, ...]:
    saved = (
        f"{usd(one.saving_usd)} ({usd(one.saving_low_usd)} to "
        f"{usd(one.saving_high_usd)})"
    )
    return (
        one.pk,
        one.feature.key,
        one.kind,
        one.state,
        one.current_reference,
        one.proposed_reference,
        None if one.saving_usd is None else saved,
        "needs a benchmark" if one.needs_benchmark else one.confidence,
    )
