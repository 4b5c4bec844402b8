"""`modelhub demo load | remove | status`: sample data to look around in."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from analytics.demo.story import FEWEST_DAYS, MOST_DAYS
from analytics.models import SampleLoad, SampleLoadState
from analytics.services.demo_casting import SampleRefused
from analytics.services.demo_loads import (
    DAYS,
    REQUESTS_PER_DAY,
    SEED,
    claim_load,
    perform_load,
    remove_sample,
    request_load,
)
from analytics.services.demo_organization import NAME
from registry.models import Role, User


class Command(BaseCommand):
    help = "Load an organisation of sample data, take it away, or say how it stands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        load = actions.add_parser("load", help="Make the sample organisation.")
        load.add_argument("--days", type=int, default=DAYS, help="(%(default)s)")
        load.add_argument(
            "--requests-per-day",
            type=int,
            default=REQUESTS_PER_DAY,
            help="Their mean (%(default)s).",
        )
        load.add_argument("--seed", type=int, default=SEED, help="Of the generator.")
        load.add_argument("--organization-name", default=NAME, metavar="NAME")
        load.add_argument(
            "--member",
            action="append",
            metavar="EMAIL",
            help="Who may look at it (default: every admin).",
        )
        load.add_argument("--again", action="store_true", help="Replace what is there.")
        remove = actions.add_parser("remove", help="Take all of it away.")
        status = actions.add_parser("status", help="Whether it is there, and how much.")
        for one in (load, remove, status):
            one.add_argument("--json", action="store_true", help="One JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['action']}")(options)
        except SampleRefused as error:
            raise CommandError(str(error)) from error

    def _load(self, options: dict[str, Any]) -> None:
        days = options["days"]
        if not FEWEST_DAYS <= days <= MOST_DAYS:
            raise SampleRefused(f"Give {FEWEST_DAYS} to {MOST_DAYS} days, not {days}.")
        members = _members(options["member"])
        if options["again"]:
            remove_sample()
        asked = request_load(
            user=None,
            days=days,
            requests_per_day=options["requests_per_day"],
            seed=options["seed"],
            organization_name=options["organization_name"],
        )
        claimed = claim_load(asked)
        if claimed is None:
            raise SampleRefused("The sample data is being loaded by somebody else.")
        say = None if options["json"] else self._say
        load = perform_load(claimed, members=members, told=say)
        if load.state == SampleLoadState.FAILED:
            raise SampleRefused(load.error)
        self._told(load, members, options)

    def _told(
        self, load: SampleLoad, members: list[User], options: dict[str, Any]
    ) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(_facts(load)))
            return
        self.stdout.write(
            f"{load.organization_name}: {load.call_count:,} calls of {load.days} days."
        )
        slug = load.organization.slug if load.organization else ""
        names = ", ".join(one.email for one in members)
        self.stdout.write(
            f"{names} may look at it: choose it at the top of any page."
            if names
            else "Nobody may look at it yet: `modelhub users add EMAIL "
            f"--organization {slug}`."
        )

    def _remove(self, options: dict[str, Any]) -> None:
        was_there = remove_sample()
        if options["json"]:
            self.stdout.write(json.dumps({"removed": was_there}))
            return
        self.stdout.write(
            "The sample data is gone." if was_there else "There is no sample data."
        )

    def _status(self, options: dict[str, Any]) -> None:
        load = SampleLoad.objects.first()
        if options["json"]:
            self.stdout.write(json.dumps(_facts(load)))
            return
        if load is None:
            self.stdout.write("There is no sample data. `modelhub demo load` makes it.")
            return
        for name, value in _facts(load).items():
            words = name.replace("_", " ").capitalize()
            self.stdout.write(f"{words}: {'–' if value in (None, '') else value}")

    def _say(self, load: SampleLoad) -> None:
        self.stderr.write(f"{load.percent:>3} %  {load.step}", ending="\n")


def _members(emails: list[str] | None) -> list[User]:
    if emails is None:
        admins = Q(is_superuser=True) | Q(memberships__role=Role.ADMIN)
        found = User.objects.filter(admins, is_active=True).distinct()
        return list(found.order_by("pk"))
    return [_member(email) for email in emails]


def _member(email: str) -> User:
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise SampleRefused(f"There is nobody with the address {email}.")
    return user


def _facts(load: SampleLoad | None) -> dict[str, Any]:
    if load is None:
        return {"state": "absent"}
    return {
        "state": load.state,
        "organization": load.organization.slug if load.organization else None,
        "name": load.organization_name,
        "days": load.days,
        "until": load.ends_at.isoformat(timespec="minutes"),
        "requests_per_day": load.requests_per_day,
        "seed": load.seed,
        "calls": load.call_count,
        "step": load.step,
        "error": load.error or None,
    }
