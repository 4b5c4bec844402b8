from analytics.models.budget import Budget, BudgetHold, BudgetPeriod, BudgetScope
from analytics.models.feedback import Feedback
from analytics.models.usage_payload import UsagePayload
from analytics.models.usage_record import UsageRecord

__all__ = [
    "Budget",
    "BudgetHold",
    "BudgetPeriod",
    "BudgetScope",
    "Feedback",
    "UsagePayload",
    "UsageRecord",
]
