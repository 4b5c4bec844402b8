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


class Overtaken(Exception):
    """What an entry tells of is no longer so; the text says what to do."""


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
        before={
            "role": membership.role,
            "person": membership.user.email,
            "account": membership.user_id,
        },
        after=None,
    )
    membership.delete()


def removals(organization: Organization) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(
        organization=organization, action="membership.removed"
    )


def role_changes(organization: Organization) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(
        organization=organization, action="membership.changed"
    )


def newest_entry(
    entries: QuerySet[AuditEntry], membership: Membership, pk: int
) -> AuditEntry | None:
    """The newest of these about this membership, whose number is or was `pk`."""
    own = entries.filter(object_type=membership._meta.model_name, object_id=str(pk))
    return own.order_by("-pk").first()


def person_removed(entry: AuditEntry) -> User | None:
    """Whom a removal was about: by account, for an address can change hands."""
    before = entry.before or {}
    account = before.get("account")
    if account is not None:
        return User.objects.filter(pk=account).first()
    return User.objects.filter(email=before.get("person", "")).first()


@transaction.atomic
def restore_member(*, entry: AuditEntry, actor: User | None) -> User:
    """Give the person of a removal their role again. Raises Overtaken."""
    organization, user = entry.organization, person_removed(entry)
    if organization is None or user is None:
        raise Overtaken("The account of this person is gone.")
    _lock(organization)
    if Membership.objects.filter(organization=organization, user=user).exists():
        raise Overtaken(f"{user.email} is a member again already.")
    later = removals(organization).filter(before__account=user.pk, pk__gt=entry.pk)
    if later.exists():
        raise Overtaken(f"{user.email} was removed again since: take that back.")
    role = Role((entry.before or {})["role"])
    set_role(organization=organization, user=user, role=role, actor=actor)
    return user


@transaction.atomic
def undo_role_change(*, entry: AuditEntry, actor: User | None) -> Membership:
    """Give the person the role from before this entry. Raises Overtaken where they
    have left or have another role by now, LastAdmin where nobody would be left to
    administer."""
    before, after = entry.before or {}, entry.after or {}
    membership = (
        Membership.objects.filter(
            organization=entry.organization_id, pk=entry.object_id
        )
        .select_related("user", "organization")
        .first()
    )
    if membership is None:
        raise Overtaken("This person is no longer a member.")
    _lock(membership.organization)
    membership.refresh_from_db()
    if membership.role != after.get("role"):
        raise Overtaken(f"{membership.user.email} was given another role since.")
    change_role(membership=membership, actor=actor, role=Role(before["role"]))
    membership.refresh_from_db()
    return membership


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
