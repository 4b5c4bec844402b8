"""API tokens: changing one after it was made, and taking a change back."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from registry.models import ApiToken, AuditEntry, User
from registry.services.api_tokens import checked_features, checked_label, record_token
from registry.snapshots import Snapshot, differences

EDITED: Final = "token.edited"
UNDOABLE: Final = frozenset({EDITED, "token.renamed"})
EDITABLE: Final = frozenset(
    {"label", "scopes", "expires_at", "feature_keys", "monthly_limit_usd"}
)
REVOKED: Final = "This token was revoked. It cannot be changed any more."
PASSED: Final = "This moment has passed already."


class StaleToken(Exception):
    """Somebody else changed the token meanwhile; nothing was changed."""


def token_facts(token: ApiToken) -> Snapshot:
    """What can be changed of a token, as its audit entries say it."""
    limit = import_module(settings.MODELHUB_TOKEN_BUDGETS).limits_of([token])
    amount = limit.get(token.pk)
    return {
        "label": token.label,
        "scopes": list(token.scopes),
        "expires_at": token.expires_at and token.expires_at.isoformat(),
        "features": list(token.feature_keys),
        "monthly_limit_usd": None if amount is None else f"{amount.normalize():f}",
    }


def token_mark(token: ApiToken) -> str:
    """Changes when somebody changes the token, not when it is used."""
    facts = {**token_facts(token), "is_revoked": token.revoked_at is not None}
    text = json.dumps([token.pk, facts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def locked_token(token: ApiToken) -> ApiToken:
    """The row as it is now, for this transaction alone."""
    return ApiToken.objects.select_for_update().get(pk=token.pk)


@transaction.atomic
def edit_token(
    *,
    token: ApiToken,
    actor: User | None,
    actor_label: str = "",
    expected: str = "",
    **facts: Any,  # a name of EDITABLE each
) -> bool:
    """Whether anything changed; every process knows within a second. `expected`: its
    `token_mark` as the person saw it. `monthly_limit_usd` None takes the limit away.
    Raises ValidationError by field, and StaleToken."""
    _check_names(facts)
    locked = locked_token(token)
    before = token_facts(locked)
    if expected and expected != token_mark(locked):
        raise StaleToken(f"{locked.label} was changed meanwhile.")
    if locked.revoked_at is not None:
        raise ValidationError(REVOKED)
    _set(locked, facts)
    locked.full_clean()
    locked.save(update_fields=["label", "scopes", "expires_at", "feature_keys"])
    if "monthly_limit_usd" in facts:
        _limit(locked, facts["monthly_limit_usd"], actor, actor_label)
    changed = differences(before, token_facts(locked))
    if not changed[1]:
        return False
    record_token(locked, actor, actor_label, EDITED, *changed)
    token.refresh_from_db()
    return True


@transaction.atomic
def undo_token_change(
    *, token: ApiToken, entry: AuditEntry, actor: User | None, actor_label: str = ""
) -> None:
    """Set back what the change said before, as a change of its own. Raises StaleToken
    where somebody has changed the same since, and ValidationError."""
    before, after = entry.before or {}, entry.after or {}
    now = token_facts(locked_token(token))
    if entry.action not in UNDOABLE or any(now.get(n) != after[n] for n in after):
        raise StaleToken("It was changed again since.")
    facts = {_field(name): _value(name, said) for name, said in before.items()}
    edit_token(token=token, actor=actor, actor_label=actor_label, **facts)


def last_token_change(token: ApiToken) -> AuditEntry | None:
    """The newest entry of its history that can be taken back."""
    entries = AuditEntry.objects.filter(
        object_type="apitoken", object_id=str(token.pk), action__in=UNDOABLE
    )
    return entries.order_by("-at", "-pk").first()


def _check_names(facts: dict[str, Any]) -> None:
    unknown = sorted(facts.keys() - EDITABLE)
    if unknown:
        message = f"A token has no {', '.join(unknown)} to set."
        raise TypeError(message)


def _set(token: ApiToken, facts: dict[str, Any]) -> None:
    if "label" in facts:
        token.label = checked_label(facts["label"])
    if "scopes" in facts:
        token.scopes = _scopes(facts["scopes"])
    if "expires_at" in facts and facts["expires_at"] != token.expires_at:
        token.expires_at = _future(facts["expires_at"])
    if "feature_keys" in facts:
        # Features that it has already may be gone: they open nothing.
        known = set(token.feature_keys)
        wanted = list(dict.fromkeys(facts["feature_keys"]))
        new = [key for key in wanted if key not in known]
        checked_features(token.organization, new)
        token.feature_keys = wanted


def _scopes(scopes: Iterable[str]) -> list[str]:
    found = [str(one) for one in dict.fromkeys(scopes)]
    if not found:
        raise ValidationError({"scopes": "Choose what the token may do."})
    return found


def _future(moment: datetime.datetime | None) -> datetime.datetime | None:
    if moment is not None and moment <= timezone.now():
        raise ValidationError({"expires_at": PASSED})
    return moment


def _limit(
    token: ApiToken, amount: Decimal | None, actor: User | None, actor_label: str
) -> None:
    import_module(settings.MODELHUB_TOKEN_BUDGETS).set_limit(
        token=token, monthly_usd=amount, actor=actor, actor_label=actor_label
    )


def _field(name: str) -> str:
    return "feature_keys" if name == "features" else name


def _value(name: str, said: Any) -> Any:
    """What an audit entry wrote, as the field has it."""
    if said is not None and name == "expires_at":
        return datetime.datetime.fromisoformat(said)
    if said is not None and name == "monthly_limit_usd":
        return Decimal(said)
    return said
