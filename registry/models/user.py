from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from registry.time_zones import validate_time_zone


def validate_plain_address(email: str) -> None:
    """Letters of other scripts can look like Latin ones: a domain with them is written
    as it stands in the network (xn--…)."""
    if not email.isascii():
        text = "Write the address in plain letters; a domain with others as xn--…"
        raise ValidationError(text)


class EmailState(models.TextChoices):
    """Why an address is taken to be the person's own."""

    VOUCHED = "vouched", "An administrator named it"
    VERIFIED = "verified", "Verified"
    CLAIMED = "claimed", "Not verified"


class UserManager(BaseUserManager["User"]):
    """Makes users that sign in with their email address."""

    def create_user(
        self, email: str, password: str | None = None, **extra: Any
    ) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **extra: Any
    ) -> "User":
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **extra
        )


class User(AbstractUser):
    """A person. What they may do in an organisation stands in Membership."""

    username = None  # type: ignore[assignment]  # the email address signs in
    email = models.EmailField(
        "email address", unique=True, validators=[validate_plain_address]
    )
    email_state = models.CharField(
        max_length=8,
        choices=EmailState,
        default=EmailState.VOUCHED,
        help_text="Other systems open no account whose address is not verified.",
    )
    time_zone = models.CharField(
        max_length=60,
        blank=True,
        default="",
        validators=[validate_time_zone],
        help_text="Of the times on pages; empty: the organisation's.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique"),
            models.CheckConstraint(
                condition=models.Q(email_state__in=["vouched", "verified", "claimed"]),
                name="user_email_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def initials(self) -> str:
        words = self.get_full_name().split() or self.email.split("@")[0].split(".")
        return "".join(word[0] for word in words[:2]).upper()
