"""Budgets for what one API token spends. The registry, which makes tokens, finds this
by a setting (MODELHUB_TOKEN_BUDGETS): it knows nothing of budgets."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from analytics.models import BudgetDefinition, BudgetPeriod, BudgetScope
from analytics.services.budget_checking import BudgetRefused, living
from analytics.services.budget_definitions import (
    change_budget,
    create_budget,
    delete_budget,
)
from registry.models import ApiToken, User


def limit_token(
    *, token: ApiToken, monthly_usd: Decimal, actor: User | None, actor_label: str = ""
) -> None:
    """Let the token spend `monthly_usd` a month; its calls are blocked after that.
    Raises ValidationError for `monthly_limit_usd`."""
    try:
        create_budget(
            organization=token.organization,
            actor=actor,
            actor_label=actor_label,
            name=_name(token),
            scope_kind=BudgetScope.TOKEN,
            scope_id=token.pk,
            period=BudgetPeriod.MONTH,
            amount_usd=monthly_usd,
        )
    except BudgetRefused as refused:
        raise ValidationError({"monthly_limit_usd": str(refused)}) from refused


def _name(token: ApiToken) -> str:
    """Two tokens may be called the same; two budgets may not."""
    name = f"Token {token.label}"[:80]
    is_taken = living(token.organization).filter(name=name).exists()
    return f"Token {token.label[:58]} ({token.prefix}…)" if is_taken else name


def set_limit(
    *,
    token: ApiToken,
    monthly_usd: Decimal | None,
    actor: User | None,
    actor_label: str = "",
) -> None:
    """The same for a token that may have a limit: of several, the least changes. None
    deletes it. Raises ValidationError for `monthly_limit_usd`."""
    budget = _monthly([token]).order_by("amount_usd", "pk").first()
    if budget is None:
        if monthly_usd is not None:
            limit_token(
                token=token,
                monthly_usd=monthly_usd,
                actor=actor,
                actor_label=actor_label,
            )
        return
    if monthly_usd is None:
        delete_budget(definition=budget, actor=actor, actor_label=actor_label)
        return
    try:
        change_budget(
            definition=budget,
            actor=actor,
            actor_label=actor_label,
            amount_usd=monthly_usd,
        )
    except BudgetRefused as refused:
        raise ValidationError({"monthly_limit_usd": str(refused)}) from refused


def end_limits(*, token: ApiToken, actor: User | None, actor_label: str = "") -> None:
    """All budgets of the token, of whatever period: nothing is spent under them now."""
    budgets = BudgetDefinition.objects.filter(
        scope_kind=BudgetScope.TOKEN, scope_id=token.pk, deleted_at=None
    )
    for budget in budgets.order_by("pk"):
        delete_budget(definition=budget, actor=actor, actor_label=actor_label)


def limits_of(tokens: Iterable[ApiToken]) -> dict[int, Decimal]:
    """US dollars a month by the id of a token; the least where there are several."""
    rows = _monthly(tokens).order_by("-amount_usd")
    return dict(rows.values_list("scope_id", "amount_usd"))


def _monthly(tokens: Iterable[ApiToken]) -> QuerySet[BudgetDefinition]:
    return BudgetDefinition.objects.filter(
        scope_kind=BudgetScope.TOKEN,
        scope_id__in=[one.pk for one in tokens],
        period=BudgetPeriod.MONTH,
        deleted_at=None,
        is_active=True,
    )
