from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from modelhub.serving.address import public_address
from modelhub.sign_in_link import sign_in_link
from registry.models import Membership, Role, User
from registry.services.people import add_person


class Command(BaseCommand):
    help = "Add people and list them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="add a person and print a sign-in link")
        add.add_argument("email")
        add.add_argument("--organization", required=True, metavar="SLUG")
        add.add_argument("--organization-name", default="", metavar="NAME")
        add.add_argument("--role", choices=Role.values, default=Role.VIEWER)
        add.add_argument("--superuser", action="store_true", help="may use /admin/")
        verbs.add_parser("list", help="list people with their organisations")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "add":
            self.add(options)
        else:
            self.list()

    def add(self, options: dict[str, Any]) -> None:
        user = add_person(
            email=options["email"],
            organization_slug=options["organization"],
            organization_name=options["organization_name"],
            role=Role(options["role"]),
            is_superuser=options["superuser"],
        )
        self.stdout.write(sign_in_link(user, public_address(settings.LAYOUT)))

    def list(self) -> None:
        memberships = Membership.objects.select_related("user", "organization")
        for one in memberships.order_by("user__email", "organization__slug"):
            self.stdout.write(f"{one.user}\t{one.organization.slug}\t{one.role}")
        for user in User.objects.filter(memberships=None).order_by("email"):
            self.stdout.write(f"{user}\t-\t-")
