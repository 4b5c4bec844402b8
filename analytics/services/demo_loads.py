"""Loading the sample data: asked for as a row, performed by a worker or a command,
swept where somebody died over it."""

from __future__ import annotations

import datetime
import logging
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from typing import Final

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics.demo.story import Story
from analytics.demo.world import World
from analytics.models import SampleLoad, SampleLoadState
from analytics.services.day_rollups import close_days
from analytics.services.demo_benchmarks import add_benchmarks
from analytics.services.demo_budgets import add_budgets
from analytics.services.demo_calls import Written, write_calls
from analytics.services.demo_casting import SampleRefused, ensure_catalogue
from analytics.services.demo_organization import (
    NAME,
    SOMEBODY,
    TIME_ZONE,
    make_organization,
)
from analytics.services.demo_removal import remove_organization
from analytics.services.demo_returns import add_invoices, add_values
from analytics.services.planner_statistics import refresh_statistics
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import roll_up
from registry.models import Organization, Role, User
from registry.services.people import set_role

DAYS: Final = 90
REQUESTS_PER_DAY: Final = 1_000
MOST_REQUESTS_PER_DAY: Final = 100_000
SEED: Final = 7
LEFT_AFTER: Final = datetime.timedelta(minutes=11)
"""Longer than a task may run: whoever claimed it is dead."""
STOPPED: Final = "Loading stopped before it was done. Load it again."
BEGUN_SHARE: Final = 0.05
CALLS_SHARE: Final = 0.45
"""Of the whole work, what is done before the calls are written, and when they are."""
TASK: Final = "analytics.tasks.load_samples"
logger = logging.getLogger("modelhub.demo")
Told = Callable[[SampleLoad], None]


def sample_organization() -> Organization | None:
    return Organization.objects.filter(is_sample=True).order_by("pk").first()


def request_load(
    *,
    user: User | None,
    days: int = DAYS,
    requests_per_day: int = REQUESTS_PER_DAY,
    seed: int = SEED,
    organization_name: str = NAME,
    ends_at: datetime.datetime | None = None,
) -> SampleLoad:
    """A load to be claimed; the unfinished one where there is one. Raises SampleRefused
    where the sample data is there already, and for numbers that make no sense."""
    if sample_organization() is not None and not _unfinished():
        raise SampleRefused(
            "The sample data is loaded already. `modelhub demo load --again` replaces "
            "it, `modelhub demo remove` takes it away."
        )
    load = SampleLoad(
        user=user,
        organization_name=organization_name.strip(),
        days=days,
        requests_per_day=requests_per_day,
        seed=seed,
        ends_at=ends_at or timezone.now().replace(second=0, microsecond=0),
    )
    _check(load)
    try:
        with transaction.atomic():
            if (unfinished := _unfinished()) is not None:
                return unfinished
            load.save(force_insert=True)
    except IntegrityError:
        return _unfinished() or load
    return load


def claim_load(load: SampleLoad | None = None) -> SampleLoad | None:
    """The load that waits (or this one, if it does), for the caller to perform; None
    where somebody else has it."""
    waiting = SampleLoad.objects.filter(state=SampleLoadState.QUEUED)
    if load is not None:
        waiting = waiting.filter(pk=load.pk)
    found = waiting.first()
    if found is None:
        return None
    try:
        with transaction.atomic():
            claimed = SampleLoad.objects.filter(
                pk=found.pk, state=SampleLoadState.QUEUED
            ).update(state=SampleLoadState.RUNNING, touched_at=timezone.now())
    except IntegrityError:
        # Another one is running.
        return None
    return SampleLoad.objects.get(pk=found.pk) if claimed else None


def perform_load(
    load: SampleLoad, *, members: Iterable[User] = (), told: Told | None = None
) -> SampleLoad:
    """Make the sample organisation of a claimed load. `told` hears of each step. What
    fails leaves nothing behind but the row, which says why; SampleRefused is kept in
    it, and everything else raised again."""
    progress = _Progress(load, told)
    try:
        _fill(load, [*([load.user] if load.user else []), *members], progress)
    except SampleRefused as refused:
        _fail(load, str(refused))
    except BaseException as error:
        logger.error("Loading the sample data failed: %s", error)
        _fail(load, STOPPED if isinstance(error, SystemExit) else str(error) or STOPPED)
        raise
    return load


def sweep_loads() -> int:
    """End the loads of workers that died, and take away what they had made."""
    left = SampleLoad.objects.filter(
        state=SampleLoadState.RUNNING, touched_at__lt=timezone.now() - LEFT_AFTER
    )
    count = 0
    for load in left:
        _fail(load, STOPPED)
        count += 1
    return count


def remove_sample() -> bool:
    """Take the sample data away entirely; False where there is none. Raises
    SampleRefused while it is being loaded."""
    if SampleLoad.objects.filter(state=SampleLoadState.RUNNING).exists():
        raise SampleRefused("The sample data is being loaded. Wait until it is done.")
    organization = sample_organization()
    if organization is not None:
        remove_organization(organization)
    SampleLoad.objects.all().delete()
    return organization is not None


def join_sample(organization: Organization, user: User) -> None:
    """Who looks at what somebody else loaded may change it, but not remove it."""
    if not organization.memberships.filter(user=user).exists():
        set_role(organization=organization, user=user, role=Role.EDITOR, actor=user)


class QueueUnavailable(Exception):
    """The broker does not answer; what was asked for waits for the minute's sweep."""


def send_to_worker() -> None:
    """Wake a worker. Raises QueueUnavailable."""
    try:
        # No retries: a person waits, and pressing the button again is one.
        current_app.send_task(TASK, retry=False)
    except (OperationalError, OSError) as error:
        raise QueueUnavailable from error


class _Progress:
    """Keeps the row and whoever listens up to date."""

    def __init__(self, load: SampleLoad, told: Told | None) -> None:
        self.load = load
        self.told = told

    def at(self, step: str, share: float) -> None:
        load = self.load
        load.step, load.done_share = step, share
        load.save(update_fields=["step", "done_share", "touched_at"])
        if self.told is not None:
            self.told(load)


def _fill(load: SampleLoad, members: Iterable[User], progress: _Progress) -> None:
    progress.at("Looking for models", 0.0)
    ensure_catalogue()
    if sample_organization() is not None:
        raise SampleRefused("The sample data is loaded already.")
    progress.at("Making the organisation", 0.03)
    story = Story(load.ends_at, load.days, zoneinfo.ZoneInfo(TIME_ZONE))
    world = make_organization(name=load.organization_name, story=story)
    SampleLoad.objects.filter(pk=load.pk).update(organization=world.organization_id)
    load.organization_id = world.organization_id
    world = _with_trials(world)
    written = write_calls(
        world,
        requests_per_day=load.requests_per_day,
        seed=load.seed,
        tell=lambda share: progress.at(
            "Writing calls", BEGUN_SHARE + (CALLS_SHARE - BEGUN_SHARE) * share
        ),
    )
    _sum_up(world.organization_id, progress)
    organization = Organization.objects.get(pk=world.organization_id)
    add_values(world)
    add_invoices(organization, story.ends_at)
    add_benchmarks(organization, world, seed=load.seed, actor_label=SOMEBODY)
    add_budgets(
        organization,
        since=story.starts_at,
        until=story.ends_at,
        actor_label=SOMEBODY,
    )
    _look(organization, load.ends_at, progress)
    _finish(load, members, written)


def _with_trials(world: World) -> World:
    """The experiments that its calls had arms of; see the setting."""
    if not settings.MODELHUB_AFTER_SAMPLE:
        return world
    follower = import_module(settings.MODELHUB_AFTER_SAMPLE)
    organization = Organization.objects.get(pk=world.organization_id)
    return replace(world, trials=follower.prepare_sample(organization, world))


def _look(
    organization: Organization, now: datetime.datetime, progress: _Progress
) -> None:
    """Recommendations are there when somebody opens it; see the setting."""
    if settings.MODELHUB_AFTER_SAMPLE:
        progress.at("Looking for better models", 0.99)
        follower = import_module(settings.MODELHUB_AFTER_SAMPLE)
        follower.look_at_sample(organization, now)


def _sum_up(organization_id: int, progress: _Progress) -> None:
    """Pages read sums by the hour; those are to be there when somebody looks."""
    refresh_statistics()
    marked = mark_all_dirty(organization_id=organization_id)
    built = 0

    def tell(hours: int) -> None:
        nonlocal built
        built += hours
        share = CALLS_SHARE + (1 - CALLS_SHARE) * built / marked
        progress.at("Summing up hours", min(share, 0.99))

    roll_up(organization_id=organization_id, done=tell)
    organization = Organization.objects.get(pk=organization_id)
    close_days(organization, now=timezone.now())
    refresh_statistics()


@transaction.atomic
def _finish(load: SampleLoad, members: Iterable[User], written: Written) -> None:
    """Nobody belongs to it before it is whole."""
    organization = Organization.objects.get(pk=load.organization_id or 0)
    for user in dict.fromkeys(members):
        set_role(organization=organization, user=user, role=Role.ADMIN, actor=user)
    load.organization = organization
    load.state, load.step, load.done_share = SampleLoadState.DONE, "Loaded", 1.0
    load.call_count = written.calls
    load.finished_at = timezone.now()
    load.save()


def _fail(load: SampleLoad, reason: str) -> None:
    """Take away what was made, and say why it was not more."""
    made = Organization.objects.filter(pk=load.organization_id or 0).first()
    # Let go of it, or the row would be taken away too.
    load.organization = None
    load.state, load.error = SampleLoadState.FAILED, reason[:400]
    load.finished_at = timezone.now()
    load.save()
    if made is not None:
        remove_organization(made)


def _unfinished() -> SampleLoad | None:
    states = [SampleLoadState.QUEUED, SampleLoadState.RUNNING]
    return SampleLoad.objects.filter(state__in=states).first()


def _check(load: SampleLoad) -> None:
    if not 1 <= load.requests_per_day <= MOST_REQUESTS_PER_DAY:
        raise SampleRefused(f"Give 1 to {MOST_REQUESTS_PER_DAY:,} requests a day.")
    try:
        load.full_clean(exclude=["user"], validate_constraints=False)
    except ValidationError as error:
        said = [
            f"{name}: {text}"
            for name, texts in error.message_dict.items()
            for text in texts
        ]
        raise SampleRefused(" ".join(said)) from error
