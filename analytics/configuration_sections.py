"""The sections of configuration files, budgets among them. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from analytics.models import BudgetPeriod, BudgetScope, OnLimit
from registry.configuration.fields import (
    Field,
    FieldError,
    amount,
    choice,
    flag,
    list_of,
    maybe_reference,
    text,
)
from registry.configuration.section import Section, Sections
from registry.configuration.sections import REGISTRY_SECTIONS

MOST_USD: Final = Decimal("999999999999.99")
SCOPE_HINT: Final = (
    "Write what it is for: organization, feature:KEY, model:provider/model-id, "
    "provider:SLUG, connection:provider/label, token:LABEL or tag:NAME=VALUE."
)


def scope(value: Any) -> str:
    """What a budget is for, in words: `feature:planner`."""
    if not isinstance(value, str) or len(value) > 400 or not value.isprintable():
        raise FieldError(((), SCOPE_HINT))
    kind, _, name = value.partition(":")
    is_whole = kind == BudgetScope.ORGANIZATION
    if kind not in BudgetScope.values or is_whole == bool(name):
        raise FieldError(((), SCOPE_HINT))
    if kind == BudgetScope.TAG and not all(name.partition("=")[::2]):
        raise FieldError(((), SCOPE_HINT))
    return value


def thresholds(value: Any) -> list[str]:
    read = amount(places=3, most=Decimal(1), is_optional=False)
    return [str(read(one)) for one in list_of(value)]


BUDGETS: Final = Section(
    "budgets",
    "budget",
    {
        "scope": Field(scope, "", is_fixed=True, survives_pruning=True),
        "amount_usd": Field(
            amount(places=2, most=MOST_USD, is_optional=False),
            None,
            survives_pruning=True,
        ),
        "period": Field(
            choice(BudgetPeriod.values), "month", is_fixed=True, survives_pruning=True
        ),
        "time_zone": Field(text(60), "", is_fixed=True, survives_pruning=True),
        "rolls_over": Field(flag, False),
        "roll_over_cap_usd": Field(amount(places=2, most=MOST_USD)),
        "thresholds": Field(thresholds, ["0.8"]),
        "on_limit": Field(choice(OnLimit.values), "block"),
        "pack": Field(text(60), ""),
        "fallback_model": Field(maybe_reference),
        "active": Field(flag, True),
    },
    re.compile(r"\S(.*\S)?"),
    "the name of a budget, in one line",
    80,
    required=("scope", "amount_usd"),
)
SECTIONS: Final[Sections] = {
    **{
        name: section
        for name, section in REGISTRY_SECTIONS.items()
        if name != "organization"
    },
    "budgets": BUDGETS,
    "organization": REGISTRY_SECTIONS["organization"],
}
