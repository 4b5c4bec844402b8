from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

from registry.models.organization import Organization

PROFILE_SLUG = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "Use small letters, digits and dashes, as in strong-reasoning.",
)


class Profile(models.Model):
    """What a person or an environment prefers, laid over the assignments of all
    features. `document` is what `registry.profiles.document` describes."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="profiles"
    )
    slug = models.CharField(max_length=60, validators=[PROFILE_SLUG])
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True, max_length=2000)
    document = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(
        default=1,
        help_text="Grows with each change; a form with an older one is stale.",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["name", "slug"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "slug"],
                name="profile_slug_once_per_organization",
            )
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("registry:profile_detail", args=[self.slug])
