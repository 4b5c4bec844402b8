from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower


def validate_plain_address(email: str) -> None:
    """Letters of other scripts can look like Latin ones: a domain with them is written
    as it stands in the network (xn--…)."""
    if not email.isascii():
        text = "Write the address in plain letters; a domain with others as xn--…"
        raise ValidationError(text)


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

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_is_unique"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def initials(self) -> str:
        words = self.get_full_name().split() or self.email.split("@")[0].split(".")
        return "".join(word[0] for word in words[:2]).upper()
