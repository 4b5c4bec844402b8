"""API tokens: issuing, revoking, and noting when they were used."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.audit import record_change
from registry.models import ApiToken, Feature, Organization, TokenScope, User
from registry.token_text import SHOWN, new_token_text, token_digest

USE_EVERY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. `text` is the token itself: shown once, kept nowhere."""

    token: ApiToken
    text: str = field(repr=False)


@transaction.atomic
def create_token(
    *,
    organization: Organization,
    label: str,
    scopes: Iterable[str] = (TokenScope.GATEWAY,),
    expires_at: datetime.datetime | None = None,
    feature_keys: Iterable[str] = (),
    monthly_limit_usd: Decimal | None = None,
    actor: User | None,
    actor_label: str = "",
) -> IssuedToken:
    """A token for programs of `organization`. With `feature_keys` it calls models for
    these features only; with `monthly_limit_usd` it gets a budget of its own. Raises
    ValidationError by field."""
    text = new_token_text()
    token = ApiToken(
        organization=organization,
        label=checked_label(label),
        prefix=text[:SHOWN],
        digest=token_digest(text),
        scopes=[str(one) for one in dict.fromkeys(scopes)],
        expires_at=expires_at,
        feature_keys=checked_features(organization, feature_keys),
        created_by=actor,
    )
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": "This moment has passed already."})
    token.full_clean()
    token.save()
    after = {
        "label": token.label,
        "scopes": token.scopes,
        "expires_at": expires_at and expires_at.isoformat(),
        **({"features": token.feature_keys} if token.feature_keys else {}),
    }
    record_token(token, actor, actor_label, "token.created", None, after)
    if monthly_limit_usd is not None:
        import_module(settings.MODELHUB_TOKEN_BUDGETS).limit_token(
            token=token,
            monthly_usd=monthly_limit_usd,
            actor=actor,
            actor_label=actor_label,
        )
    return IssuedToken(token, text)


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: User | None, actor_label: str = "") -> bool:
    """End the token and its budgets, in every process within a second. It cannot be
    taken back. False where it was revoked already."""
    now = timezone.now()
    revoked = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=now
    )
    if not revoked:
        return False
    token.revoked_at = now
    before, after = {"revoked": False}, {"revoked": True}
    record_token(token, actor, actor_label, "token.revoked", before, after)
    import_module(settings.MODELHUB_TOKEN_BUDGETS).end_limits(
        token=token, actor=actor, actor_label=actor_label
    )
    return True


def note_token_use(token: ApiToken) -> None:
    """The token was used now; written at most once a minute."""
    now = timezone.now()
    if token.last_used_at is None or _seconds(token.last_used_at, now) >= USE_EVERY_S:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class TokenUse:
    """Which tokens were used, collected in memory. `note` costs next to nothing;
    somebody calls `flush` from time to time, outside a request. A token is written at
    most once a minute by each process."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        every_s: float = USE_EVERY_S,
    ) -> None:
        self._clock = clock
        self._every_s = every_s
        self._lock = threading.Lock()
        self._noted: dict[int, datetime.datetime] = {}
        self._written: dict[int, float] = {}

    def note(self, token_id: int) -> None:
        """The token was used now."""
        self._noted[token_id] = timezone.now()

    def flush(self) -> int:
        """Write what is due with one UPDATE; how many tokens. What cannot be written
        now stays noted."""
        with self._lock:
            now = self._clock()
            due = [pk for pk in list(self._noted) if self._is_due(pk, now)]
            if not due:
                return 0
            # The newest of the batch stands for all of it: a minute is close enough.
            at = max(self._noted[pk] for pk in due)
            ApiToken.objects.filter(
                Q(last_used_at=None) | Q(last_used_at__lt=at), pk__in=due
            ).update(last_used_at=at)
            for pk in due:
                self._written[pk] = now
                if self._noted[pk] <= at:
                    del self._noted[pk]
            return len(due)

    def _is_due(self, token_id: int, now: float) -> bool:
        written = self._written.get(token_id)
        return written is None or now - written >= self._every_s


def _seconds(earlier: datetime.datetime, later: datetime.datetime) -> float:
    return (later - earlier).total_seconds()


def checked_features(organization: Organization, keys: Iterable[str]) -> list[str]:
    """Raises ValidationError for `feature_keys` where one of them is not there."""
    wanted = list(dict.fromkeys(keys))
    rows = Feature.objects.filter(organization=organization, key__in=wanted)
    known = set(rows.values_list("key", flat=True))
    unknown = [key for key in wanted if key not in known]
    if unknown:
        message = f"There is no feature {unknown[0][:80]}."
        raise ValidationError({"feature_keys": message})
    return wanted


def checked_label(label: str) -> str:
    """Raises ValidationError for `label`."""
    plain = label.strip()
    if not plain:
        raise ValidationError({"label": "Give the token a name."})
    if not plain.isprintable():
        raise ValidationError({"label": "A name holds no control characters."})
    return plain


def record_token(
    token: ApiToken,
    actor: User | None,
    actor_label: str,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    """Note a change of the token."""
    record_change(
        organization=token.organization,
        actor=actor,
        actor_label=actor_label,
        action=action,
        target=token,
        before=before,
        after=after,
    )
