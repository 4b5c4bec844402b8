from analytics.models.feedback import Feedback
from analytics.models.usage_payload import UsagePayload
from analytics.models.usage_record import UsageRecord

__all__ = ["Feedback", "UsagePayload", "UsageRecord"]
