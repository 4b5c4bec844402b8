"""The browsers in which a person is signed in."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from registry.models import User
from registry.sign_in.events import record_for_person

# In the session: when it was last noted that it is used, seconds since 1970.
SEEN_AT = "seen_at"
NOTE_EVERY_SECONDS = 10 * 60


class SeenMiddleware:
    """Notes every ten minutes that a session is used: more often would be a write for
    every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        noted = request.session.get(SEEN_AT) if has_session(request) else None
        is_due = noted is not None and time.time() - noted > NOTE_EVERY_SECONDS
        if is_due and request.user.is_authenticated:
            note_session(request)
        return self.get_response(request)


def has_session(request: HttpRequest) -> bool:
    return bool(request.session.session_key)


def note_session(request: HttpRequest) -> None:
    """The session of this request is listed, as used now."""
    UserSession.objects.create_from_request(request)
    request.session[SEEN_AT] = time.time()


@dataclass(frozen=True)
class SignedIn:
    """One browser."""

    pk: int
    browser: str
    ip: str
    since: datetime
    seen_at: datetime
    is_current: bool


def sessions_of(request: HttpRequest, user: User) -> list[SignedIn]:
    """The one that asks first, then by last use. Ended ones are forgotten here."""
    note_session(request)
    rows = UserSession.objects.purge_and_list(user)
    found = [
        SignedIn(
            pk=row.pk,
            browser=browser_of(row.user_agent),
            ip=row.ip,
            since=row.created_at,
            seen_at=row.last_seen_at,
            is_current=row.session_key == request.session.session_key,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.is_current, one.seen_at), reverse=True)


@transaction.atomic
def end_session(*, user: User, pk: int) -> bool:
    """Sign the person out in one browser. False where there is no such session."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is None:
        return False
    row.end()
    browser = browser_of(row.user_agent)
    record_for_person(user, "user.session_ended", after={"browser": browser})
    return True


@transaction.atomic
def end_other_sessions(
    *, user: User, keep: str | None, actor: User | None = None
) -> int:
    """Sign the person out everywhere but in the session `keep`; how many were ended.
    Looks at every session there is: some may stand in no list."""
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        owner = session.get_decoded().get(SESSION_KEY)
        if owner == str(user.pk) and session.session_key != keep:
            session.delete()
            ended += 1
    UserSession.objects.filter(user=user).exclude(session_key=keep or "").delete()
    if ended:
        record_for_person(
            user, "user.sessions_ended", after={"sessions": ended}, actor=actor
        )
    return ended


BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> str:
    """A browser's long name in two words, as in Firefox on Linux."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or user_agent[:60] or "Unknown browser"
