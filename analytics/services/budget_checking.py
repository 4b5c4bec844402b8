"""Whether a budget makes sense."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from analytics.models import BudgetDefinition, BudgetScope, OnLimit
from analytics.queries.budget_scopes import scope_exists
from registry.models import Organization

MOST_THRESHOLDS: Final = 6
UNKNOWN: Final = "This is not known to your organisation."
REVOKED: Final = "Its API token is revoked, or not of your organisation."


class BudgetRefused(Exception):
    """The budget breaks a rule; nothing was changed. `problems` are sentences by
    field; an empty field is the whole."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems.values()))


def living(organization: Organization) -> QuerySet[BudgetDefinition]:
    return BudgetDefinition.objects.filter(organization=organization, deleted_at=None)


def validate(definition: BudgetDefinition) -> None:
    problems = _field_problems(definition)
    if not scope_exists(definition):
        problems["scope_id"] = REVOKED if _is_of_token(definition) else UNKNOWN
    problems |= _limit_problems(definition)
    problems |= _threshold_problems(definition)
    same = living(definition.organization).filter(name=definition.name)
    if same.exclude(pk=definition.pk).exists():
        problems["name"] = "There is a budget of this name already."
    if problems:
        raise BudgetRefused(problems)


def _is_of_token(definition: BudgetDefinition) -> bool:
    return definition.scope_kind == BudgetScope.TOKEN


def _field_problems(definition: BudgetDefinition) -> dict[str, str]:
    try:
        definition.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        return {name: " ".join(said) for name, said in error.message_dict.items()}
    return {}


def _limit_problems(definition: BudgetDefinition) -> dict[str, str]:
    problems: dict[str, str] = {}
    owner = definition.organization_id
    pack, model = definition.pack, definition.fallback_model
    if definition.on_limit == OnLimit.SWITCH and pack is None:
        problems["pack"] = "Choose the pack to switch to."
    if pack is not None and pack.organization_id != owner:
        problems["pack"] = "There is no such pack."
    if definition.on_limit == OnLimit.FALLBACK and model is None:
        problems["fallback_model"] = "Choose the model that is asked instead."
    if model is not None and model.organization_id not in {None, owner}:
        problems["fallback_model"] = "There is no such model."
    cap = definition.roll_over_cap_usd
    if cap is not None and cap < 0:
        problems["roll_over_cap_usd"] = "A cap is not negative."
    if definition.rolls_over and definition.period == "total":
        problems["rolls_over"] = "A budget in all has nothing to carry over to."
    return problems


def _threshold_problems(definition: BudgetDefinition) -> dict[str, str]:
    shares = definition.thresholds
    if len(shares) > MOST_THRESHOLDS:
        return {"thresholds": f"At most {MOST_THRESHOLDS} thresholds."}
    if any(not 0 < share <= 1 for share in shares):
        return {"thresholds": "Each threshold is above 0 and at most 100 %."}
    return {}
