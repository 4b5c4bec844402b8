"""A budget for what one API token spends. The registry, which makes tokens, finds this
by a setting (MODELHUB_TOKEN_BUDGETS): it knows nothing of budgets."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError

from analytics.models import BudgetDefinition, BudgetPeriod, BudgetScope
from analytics.services.budget_checking import BudgetRefused
from analytics.services.budget_definitions import create_budget
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
            name=f"Token {token.label}"[:80],
            scope_kind=BudgetScope.TOKEN,
            scope_id=token.pk,
            period=BudgetPeriod.MONTH,
            amount_usd=monthly_usd,
        )
    except BudgetRefused as refused:
        raise ValidationError({"monthly_limit_usd": str(refused)}) from refused


def limits_of(tokens: Iterable[ApiToken]) -> dict[int, Decimal]:
    """US dollars a month by the id of a token; the least where there are several."""
    rows = BudgetDefinition.objects.filter(
        scope_kind=BudgetScope.TOKEN,
        scope_id__in=[one.pk for one in tokens],
        period=BudgetPeriod.MONTH,
        deleted_at=None,
        is_active=True,
    ).order_by("-amount_usd")
    return dict(rows.values_list("scope_id", "amount_usd"))
