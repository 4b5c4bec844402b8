"""The address that a person signs in with: changing it, and that it is theirs."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from registry.models import EmailState, User
from registry.sign_in.events import record_for_person


def is_taken(email: str, user: User) -> bool:
    """Whether another account has this address."""
    return User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists()


@transaction.atomic
def change_email(*, user: User, email: str, state: EmailState) -> None:
    """The person signs in with `email` from now on. Raises ValidationError by field
    where another account has it."""
    row = User.objects.select_for_update().get(pk=user.pk)
    before = {"email": row.email, "email_state": row.email_state}
    row.email, row.email_state = email.lower(), state
    row.full_clean(exclude=["password"])
    try:
        row.save(update_fields=["email", "email_state"])
    except IntegrityError as error:
        # Somebody else took it in the same moment; everything here is undone.
        raise ValidationError(
            {"email": "This address belongs to another account by now."}
        ) from error
    # Of django-allauth: it must not know the person by the old one.
    EmailAddress.objects.filter(user=row).delete()
    after = {"email": row.email, "email_state": str(state)}
    record_for_person(row, "user.email_changed", before=before, after=after)
    user.email, user.email_state = row.email, row.email_state


@transaction.atomic
def verify_email(*, user: User) -> None:
    """The person got a message at their address."""
    if user.email_state == EmailState.VERIFIED:
        return
    before = {"email_state": user.email_state}
    user.email_state = EmailState.VERIFIED
    user.save(update_fields=["email_state"])
    after = {"email_state": str(EmailState.VERIFIED)}
    record_for_person(user, "user.email_verified", before=before, after=after)
