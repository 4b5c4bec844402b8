from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from modelhub.serving.address import public_address
from modelhub.sign_in_link import sign_in_link
from registry.models import User


class Command(BaseCommand):
    help = "Print a link that signs a person in once, within an hour."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", help="default: the first administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find_person(options["email"])
        self.stdout.write(sign_in_link(user, public_address(settings.LAYOUT)))


def find_person(email: str | None) -> User:
    active = User.objects.filter(is_active=True).order_by("id")
    if email:
        user = active.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody here has the email address {email}.")
        return user
    user = active.filter(is_superuser=True).first()
    if user is None:
        message = "There is no administrator yet; `modelhub serve` makes the first."
        raise CommandError(message)
    return user
