"""Who may come in from another system, and with which roles."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from registry.audit import record_change
from registry.models import EmailState, Membership, Organization, Role, User
from registry.services.memberships import LastAdmin, change_role, remove_member
from registry.services.people import set_role

NO_GROUP = (
    "You are in no group that has a role here. Ask an admin for an invitation, or to "
    "be put into such a group."
)


CLAIMED = (
    "There is an account with your address here, but whoever has it has not shown that "
    "the address is theirs. Ask an admin to confirm it."
)


class Refused(Exception):
    """The person may not come in; the text says why and what to do."""


@dataclass(frozen=True)
class Stated:
    """What the other system says about a person."""

    email: str
    is_verified: bool
    groups: Collection[str]
    first_name: str = ""
    last_name: str = ""


def admit(stated: Stated, known: User | None) -> User:
    """The account of this person, with the roles that their groups give; made where it
    is missing. `known` is who the other system's identity belonged to before. Raises
    Refused; roles that groups no longer give are gone all the same."""
    if known is None and not stated.is_verified:
        raise Refused("The other system has not verified your email address.")
    wanted = roles_of(stated.groups)
    with transaction.atomic():
        user = known or User.objects.filter(email__iexact=stated.email).first()
        if user is None and not wanted:
            raise Refused(NO_GROUP)
        if known is None and user and user.email_state == EmailState.CLAIMED:
            # Somebody could wait under a foreign address for its owner.
            raise Refused(CLAIMED)
        user = user or _new_user(stated)
        _apply(user, wanted)
    if settings.SIGN_IN_GROUP_ROLES and not (
        user.memberships.exists() or user.is_staff
    ):
        raise Refused(NO_GROUP)
    return user


def roles_of(groups: Collection[str]) -> dict[str, Role]:
    """By organisation, the highest role of these groups."""
    found: dict[str, Role] = {}
    for one in settings.SIGN_IN_GROUP_ROLES:
        role = Role(one.role)
        if one.group in groups and role.includes(found.get(one.slug, Role.VIEWER)):
            found[one.slug] = role
    return found


def _mapped() -> set[str]:
    return {one.slug for one in settings.SIGN_IN_GROUP_ROLES}


def _new_user(stated: Stated) -> User:
    try:
        return User.objects.create_user(
            stated.email,
            first_name=stated.first_name[:150],
            last_name=stated.last_name[:150],
            email_state=EmailState.VERIFIED,
        )
    except ValidationError as error:
        raise Refused("Your email address cannot be used here.") from error


def _apply(user: User, wanted: dict[str, Role]) -> None:
    """In the organisations that the groups speak about, they decide."""
    for organization in Organization.objects.filter(slug__in=_mapped()).order_by("pk"):
        own = Membership.objects.filter(user=user, organization=organization).first()
        role = wanted.get(organization.slug)
        try:
            if role is None and own is not None:
                remove_member(membership=own, actor=None)
            elif role is not None and own is not None:
                change_role(membership=own, actor=None, role=role)
            elif role is not None:
                set_role(organization=organization, user=user, role=role, actor=None)
        except LastAdmin as error:
            _note_last_admin(own, str(error))


def _note_last_admin(own: Membership | None, text: str) -> None:
    if own is not None:
        record_change(
            organization=own.organization,
            actor=None,
            action="membership.kept",
            target=own,
            before=None,
            after=None,
            note=text[:400],
        )
