from dataclasses import dataclass

from django.db.models import Count

from registry.models import Membership, Organization, Role, User


@dataclass(frozen=True)
class Member:
    membership: Membership
    is_you: bool
    is_last_admin: bool
    has_signed_in: bool
    may_have_link: bool

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def label(self) -> str:
        return self.user.get_full_name() or self.user.email


def members_of(organization: Organization, viewer: User) -> list[Member]:
    """Everybody in the organisation, by name. Two queries."""
    rows = list(
        Membership.objects.filter(organization=organization)
        .select_related("user")
        .annotate(places=Count("user__memberships"))
        .order_by("user__first_name", "user__last_name", "user__email")
    )
    admins = [row for row in rows if row.role == Role.ADMIN]
    return [
        Member(
            membership=row,
            is_you=row.user_id == viewer.pk,
            is_last_admin=admins == [row],
            has_signed_in=row.user.last_login is not None,
            may_have_link=row.places == 1 and is_untouched(row.user),
        )
        for row in rows
    ]


def admins_of(organization: Organization) -> list[User]:
    """Whom to ask for another role."""
    own = Membership.objects.filter(organization=organization, role=Role.ADMIN)
    return list(User.objects.filter(memberships__in=own).order_by("email"))


def is_untouched(user: User) -> bool:
    """Whether nobody has ever been this person: a sign-in link harms nobody."""
    return (
        user.last_login is None
        and not user.has_usable_password()
        and not user.is_staff
        and not user.is_superuser
    )
