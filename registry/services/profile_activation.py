"""Which profile a person or a token has, and the organisation's default rule."""

from __future__ import annotations

from django.db import transaction

from registry.audit import record_change
from registry.models import (
    AIModel,
    ApiToken,
    Membership,
    ModelSetting,
    Organization,
    Profile,
    User,
)
from registry.services.profiles import ProfileRefused


@transaction.atomic
def activate_for_person(
    *,
    membership: Membership,
    profile: Profile | None,
    actor: User | None,
    actor_label: str = "",
) -> bool:
    """From now on `profile` (None: none) lies over what the person asks for. False
    where it is so already. Raises ProfileRefused."""
    locked = Membership.objects.select_for_update().get(pk=membership.pk)
    _check(profile, membership.organization)
    if locked.profile_id == (profile and profile.pk):
        return False
    before = {"profile": locked.profile and locked.profile.slug}
    locked.profile = profile
    locked.save(update_fields=["profile"])
    membership.profile = profile
    record_change(
        organization=membership.organization,
        actor=actor,
        actor_label=actor_label,
        action="profile.activated",
        target=membership.user,
        before=before,
        after={"profile": profile and profile.slug},
    )
    return True


@transaction.atomic
def activate_for_token(
    *,
    token: ApiToken,
    profile: Profile | None,
    follows_owner: bool = False,
    actor: User | None,
    actor_label: str = "",
) -> bool:
    """From now on `profile` lies over what is asked with the token; without one, and
    with `follows_owner`, that of whoever made the token. False where it is so already.
    Raises ProfileRefused."""
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    _check(profile, token.organization)
    follows_owner = follows_owner and profile is None
    if follows_owner and locked.created_by_id is None:
        raise ProfileRefused(["Nobody is known who made this token."])
    before = _token_facts(locked)
    locked.profile, locked.follows_owner = profile, follows_owner
    after = _token_facts(locked)
    if before == after:
        return False
    locked.save(update_fields=["profile", "follows_owner"])
    token.profile, token.follows_owner = profile, follows_owner
    record_change(
        organization=token.organization,
        actor=actor,
        actor_label=actor_label,
        action="token.profile_changed",
        target=token,
        before=before,
        after=after,
    )
    return True


@transaction.atomic
def set_default_model(
    *,
    organization: Organization,
    ai_model: AIModel | None,
    actor: User | None,
    actor_label: str = "",
) -> bool:
    """The model that answers for features that nothing else decides about; None takes
    the rule away. False where it is so already. Raises ProfileRefused."""
    locked = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if ai_model is not None and not _is_enabled(ai_model, locked):
        message = f"{ai_model.reference} is not enabled. Enable it first."
        raise ProfileRefused([message])
    if locked.default_model_id == (ai_model and ai_model.pk):
        return False
    before = {"default_model": locked.default_model and locked.default_model.reference}
    locked.default_model = ai_model
    locked.save(update_fields=["default_model"])
    organization.default_model = ai_model
    record_change(
        organization=locked,
        actor=actor,
        actor_label=actor_label,
        action="organization.default_model",
        target=locked,
        before=before,
        after={"default_model": ai_model and ai_model.reference},
    )
    return True


def _check(profile: Profile | None, organization: Organization) -> None:
    if profile is None:
        return
    if profile.organization_id != organization.pk or profile.archived_at is not None:
        raise ProfileRefused([f"There is no profile {profile.slug}."])


def _is_enabled(ai_model: AIModel, organization: Organization) -> bool:
    return ModelSetting.objects.filter(
        organization=organization, ai_model=ai_model, is_enabled=True
    ).exists()


def _token_facts(token: ApiToken) -> dict[str, str | bool | None]:
    return {
        "profile": token.profile.slug if token.profile else None,
        "follows_owner": token.follows_owner,
    }
