import zoneinfo
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from registry.time_zones import validate_time_zone


class CapabilityTrust(models.TextChoices):
    """What decides whether a model can do what is asked of it."""

    DOCUMENTED = "documented", "What is documented"
    CONTRADICTED = "contradicted", "What is documented, unless a probe contradicts it"
    VERIFIED = "verified", "Only what a probe has verified"


class Organization(models.Model):
    """A team with its own models, features, prices and people."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    keep_payloads = models.BooleanField(
        default=False, help_text="Keep prompts and answers, for `payload_days` days."
    )
    payload_days = models.PositiveSmallIntegerField(
        default=14, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    default_model = models.ForeignKey(
        "registry.AIModel",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Answers for features that nothing else decides about.",
    )
    time_zone = models.CharField(
        max_length=60,
        default="UTC",
        validators=[validate_time_zone],
        help_text="Days, weeks and months on pages begin at midnight here.",
    )
    capability_trust = models.CharField(
        max_length=12, choices=CapabilityTrust, default=CapabilityTrust.DOCUMENTED
    )
    is_sample = models.BooleanField(
        default=False, help_text="Made by `modelhub demo load`: nothing in it is real."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def initials(self) -> str:
        words = self.name.split()
        return (
            words[0][:2] if len(words) == 1 else "".join(w[0] for w in words[:2])
        ).upper()


class Role(models.TextChoices):
    """From the least to the most: who has one may all that those before it may."""

    VIEWER = "viewer", "Viewer"
    ANALYST = "analyst", "Analyst"
    EDITOR = "editor", "Editor"
    ADMIN = "admin", "Admin"

    def includes(self, least: "Role") -> bool:
        """Whether this role may do what `least` is enough for."""
        order = list(Role)
        return order.index(self) >= order.index(least)


class Membership(models.Model):
    """What a person may do in one organisation."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)
    profile = models.ForeignKey(
        "registry.Profile",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organization"], name="membership_once_per_person"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["viewer", "analyst", "editor", "admin"]),
                name="membership_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}: {self.role}"

    def may(self, least: Role) -> bool:
        return Role(self.role).includes(least)

    @property
    def can_analyse(self) -> bool:
        return self.may(Role.ANALYST)

    @property
    def can_edit(self) -> bool:
        return self.may(Role.EDITOR)

    @property
    def can_administer(self) -> bool:
        return self.may(Role.ADMIN)
