from typing import ClassVar

from django.db import models

from registry.models.ai_model import AIModel
from registry.models.organization import Organization


class ModelSetting(models.Model):
    """What one organisation decided about one model: whether features may use it,
    and with which defaults."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="model_settings"
    )
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="settings")
    is_enabled = models.BooleanField(default=False)
    default_parameters = models.JSONField(
        default=dict, blank=True, help_text="See registry.parameters."
    )
    default_fallbacks = models.ManyToManyField(
        AIModel, through="DefaultFallback", related_name="default_fallback_of"
    )
    use_batch_price = models.BooleanField(
        default=False, help_text="Estimate with the batch price where there is one."
    )
    monthly_limit_usd = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True
    )
    notes = models.TextField(blank=True)
    version = models.PositiveIntegerField(
        default=1,
        help_text="Grows with each change; a form with an older one is stale.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "ai_model"], name="model_setting_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ai_model} at {self.organization}"


class DefaultFallback(models.Model):
    """One step of a model's default fallback order in an organisation."""

    setting = models.ForeignKey(
        ModelSetting, models.CASCADE, related_name="fallback_steps"
    )
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["setting", "ai_model"], name="default_fallback_once"
            ),
            models.UniqueConstraint(
                fields=["setting", "position"], name="default_fallback_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.ai_model}"
