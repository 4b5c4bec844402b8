"""Who belongs to an organisation: changing roles, removing."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from sesame.utils import get_query_string

from registry.audit import record_change
from registry.models import AuditEntry, Membership, Organization, Role, User
from registry.queries.people import is_untouched
from registry.services.people import set_role


class LastAdmin(Exception):
    """Without this admin nobody could administer the organisation any more."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(
            f"{membership.user.email} is the last admin of "
            f"{membership.organization.name}. Make somebody else an admin first."
        )


@transaction.atomic
def change_role(*, membership: Membership, actor: User | None, role: Role) -> None:
    """Raises LastAdmin where nobody would be left to administer."""
    _lock(membership.organization)
    membership.refresh_from_db()
    if role != Role.ADMIN:
        _keep_an_admin(membership)
    set_role(
        organization=membership.organization,
        user=membership.user,
        role=role,
        actor=actor,
    )


@transaction.atomic
def remove_member(*, membership: Membership, actor: User | None) -> None:
    """Take the person out; their account stays. Raises LastAdmin."""
    _lock(membership.organization)
    membership.refresh_from_db()
    _keep_an_admin(membership)
    record_change(
        organization=membership.organization,
        actor=actor,
        action="membership.removed",
        target=membership,
        before={"role": membership.role, "person": membership.user.email},
        after=None,
    )
    membership.delete()


def removals(organization: Organization) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(
        organization=organization, action="membership.removed"
    )


def removal_of(organization: Organization, user: User) -> AuditEntry | None:
    """The newest entry about the end of this person's membership."""
    return removals(organization).filter(before__person=user.email).first()


@transaction.atomic
def restore_member(*, entry: AuditEntry, actor: User | None) -> User | None:
    """Give the person of a removal their role again; None where that is not to be
    done: they are a member, or the account is gone."""
    organization, before = entry.organization, entry.before or {}
    user = User.objects.filter(email=before.get("person", "")).first()
    if organization is None or user is None:
        return None
    _lock(organization)
    if Membership.objects.filter(organization=organization, user=user).exists():
        return None
    set_role(
        organization=organization, user=user, role=Role(before["role"]), actor=actor
    )
    return user


def may_have_link(membership: Membership) -> bool:
    """Whether an admin of this organisation may make a sign-in link for the person.
    The link makes its bearer that person: only for somebody who never signed in, has
    no password, and belongs nowhere else."""
    user = membership.user
    return is_untouched(user) and user.memberships.count() == 1


@transaction.atomic
def make_sign_in_link(*, membership: Membership, actor: User | None) -> str:
    """The path of a link that signs the person in once, within an hour. Raises
    ValidationError where `may_have_link` says no."""
    if not may_have_link(membership):
        raise ValidationError("This person signs in with their own password.")
    record_change(
        organization=membership.organization,
        actor=actor,
        action="membership.link_made",
        target=membership,
        before=None,
        after=None,
    )
    query: str = get_query_string(membership.user)
    return reverse("sign_in_link") + query


def _lock(organization: Organization) -> None:
    """One change of the members at a time, or two admins could remove each other."""
    Organization.objects.select_for_update().get(pk=organization.pk)


def _keep_an_admin(membership: Membership) -> None:
    others = Membership.objects.filter(
        organization=membership.organization, role=Role.ADMIN
    ).exclude(pk=membership.pk)
    if membership.role == Role.ADMIN and not others.exists():
        raise LastAdmin(membership)
