from typing import ClassVar

from django.conf import settings
from django.db import models

from registry.models import AIModel, Organization


class ModelAlias(models.Model):
    """What an organisation's own programs call a model of the registry: a deployment's
    name, an alias of a gateway. It wins over what the registry would find. (The
    catalogue's aliases, which hold for everybody, are `registry.models.ModelAlias`.)"""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="model_aliases"
    )
    provider = models.CharField(
        max_length=100, blank=True, help_text="As it is said; empty: nobody says."
    )
    model = models.CharField(max_length=200, help_text="As it is said.")
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="said_as")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "model aliases"
        ordering: ClassVar = ["provider", "model"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "provider", "model"],
                name="told_model_means_one",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}" if self.provider else self.model
