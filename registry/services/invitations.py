"""Inviting people by a link: making it, withdrawing it, and what it opens."""

import hashlib
import secrets
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from registry.audit import record_change
from registry.mail import has_mail, mail_to
from registry.models import Invitation, Membership, Organization, Role, User
from registry.models.invitation import VALID_FOR
from registry.services.people import set_role

SECRET_BYTES = 32


class InvitationClosed(Exception):
    """The link was used, withdrawn, or is too old, or is for somebody else."""


@dataclass(frozen=True)
class MadeInvitation:
    """`path` is the link without the host: shown once, kept nowhere."""

    invitation: Invitation
    path: str = field(repr=False)


@transaction.atomic
def invite(
    *, organization: Organization, email: str, role: Role, actor: User | None
) -> MadeInvitation:
    """A link for this address. Raises ValidationError by field for who is a member or
    is invited already."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    email = email.strip().lower()
    members = Membership.objects.filter(organization=organization)
    if members.filter(user__email__iexact=email).exists():
        raise ValidationError({"email": f"{email} is a member already."})
    waiting = open_invitations(organization)
    if waiting.filter(email__iexact=email).exists():
        text = f"{email} is invited already: make a new link in the list."
        raise ValidationError({"email": text})
    row = Invitation(organization=organization, email=email, invited_by=actor)
    row.role = role
    path = _new_link(row)
    row.full_clean()
    row.save()
    _record(row, "invitation.made", actor, after={"role": str(role)})
    return MadeInvitation(row, path)


@transaction.atomic
def renew(*, invitation: Invitation, actor: User | None) -> MadeInvitation:
    """Another link, for another seven days; the old one stops working. Raises
    InvitationClosed."""
    row = _locked(invitation.pk)
    if row.accepted_at or row.revoked_at:
        raise InvitationClosed("This invitation was used or withdrawn.")
    path = _new_link(row)
    row.save(update_fields=["digest", "expires_at"])
    _record(row, "invitation.renewed", actor)
    return MadeInvitation(row, path)


@transaction.atomic
def withdraw(*, invitation: Invitation, actor: User | None) -> None:
    row = _locked(invitation.pk)
    if row.accepted_at or row.revoked_at:
        return
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    _record(row, "invitation.withdrawn", actor, before={"role": row.role})


@transaction.atomic
def accept(*, invitation: Invitation, user: User) -> Membership:
    """The person whose address it is joins. Raises InvitationClosed."""
    row = _locked(invitation.pk)
    if not row.is_open(timezone.now()):
        raise InvitationClosed("This invitation no longer works.")
    if user.email.lower() != row.email.lower():
        raise InvitationClosed("This invitation is for somebody else.")
    row.accepted_at = timezone.now()
    row.save(update_fields=["accepted_at"])
    _record(row, "invitation.accepted", user, after={"role": row.role})
    own = Membership.objects.filter(organization=row.organization, user=user).first()
    if own is not None:
        # Somebody gave them a role meanwhile: an old link does not change it.
        return own
    return set_role(
        organization=row.organization, user=user, role=Role(row.role), actor=user
    )


@transaction.atomic
def accept_as_new(
    *, invitation: Invitation, password: str, first_name: str, last_name: str
) -> User:
    """Make the account of the address and let it join. Raises InvitationClosed."""
    row = _locked(invitation.pk)
    if User.objects.filter(email__iexact=row.email).exists():
        raise InvitationClosed("There is an account by now: sign in with it.")
    user = User.objects.create_user(
        row.email, password, first_name=first_name, last_name=last_name
    )
    accept(invitation=row, user=user)
    return user


def find(secret: str) -> Invitation | None:
    rows = Invitation.objects.select_related("organization", "invited_by")
    return rows.filter(digest=_digest(secret)).first()


def open_invitations(organization: Organization) -> QuerySet[Invitation]:
    """Those that were neither used nor withdrawn; expired ones can be renewed."""
    return Invitation.objects.filter(
        organization=organization, accepted_at=None, revoked_at=None
    ).select_related("invited_by")


def mail_link(made: MadeInvitation, link: str) -> bool:
    """Send the link, where a mail server is configured. Raises NotMailed."""
    if not has_mail():
        return False
    row = made.invitation
    context = {
        "organization": row.organization,
        "invited_by": row.invited_by,
        "link": link,
        "expires_at": row.expires_at,
    }
    mail_to(row.email, "invitation", context)
    return True


def _new_link(row: Invitation) -> str:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row.digest = _digest(secret)
    row.expires_at = timezone.now() + VALID_FOR
    return reverse("invitation", args=[secret])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _locked(pk: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",))
    return rows.select_related("organization").get(pk=pk)


def _record(
    row: Invitation,
    action: str,
    actor: User | None,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    record_change(
        organization=row.organization,
        actor=actor,
        action=action,
        target=row,
        before=before,
        after=after,
    )
