"""People and organisations: who may sign in, and where they belong."""

from django.db import transaction
from django.utils.text import slugify

from registry.audit import record_change
from registry.models import Membership, Organization, Role, User


@transaction.atomic
def add_person(
    *,
    email: str,
    organization_slug: str,
    organization_name: str = "",
    role: Role,
    is_superuser: bool = False,
    actor: User | None = None,
) -> User:
    """Add a person to an organisation, and either of them where it is missing.

    Somebody who exists keeps their password and gets the role. Raises ValidationError.
    """
    organization = ensure_organization(
        slug=organization_slug, name=organization_name, actor=actor
    )
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email)
    if is_superuser and not user.is_superuser:
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
    set_role(organization=organization, user=user, role=role, actor=actor)
    return user


def ensure_organization(*, slug: str, name: str, actor: User | None) -> Organization:
    organization = Organization.objects.filter(slug=slug).first()
    if organization is not None:
        return organization
    organization = Organization(slug=slug, name=name or slug)
    organization.full_clean()
    organization.save()
    record_change(
        organization=organization,
        actor=actor,
        action="organization.added",
        target=organization,
        before=None,
        after={"name": organization.name, "slug": organization.slug},
    )
    return organization


def set_role(
    *, organization: Organization, user: User, role: Role, actor: User | None
) -> Membership:
    """Give `user` this role in `organization`; nothing is written if they have it."""
    membership = Membership.objects.filter(user=user, organization=organization).first()
    before = {"role": membership.role} if membership else None
    after = {"role": str(role)}
    if membership is not None and before == after:
        return membership
    membership = membership or Membership(user=user, organization=organization)
    membership.role = role
    membership.full_clean()
    membership.save()
    record_change(
        organization=organization,
        actor=actor,
        action="membership.changed" if before else "membership.added",
        target=membership,
        before=before,
        after=after,
    )
    return membership


def add_first_administrator(*, email: str, organization_name: str) -> User | None:
    """The first organisation and its administrator; None if anybody exists already."""
    if User.objects.exists():
        return None
    return add_person(
        email=email,
        organization_slug=slugify(organization_name)[:60] or "team",
        organization_name=organization_name,
        role=Role.ADMIN,
        is_superuser=True,
    )
