"""modelhub prepare: what `serve` does before it serves, for parts that run alone."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from modelhub.serving.address import public_address
from modelhub.serving.preparation import prepare
from modelhub.sign_in_link import sign_in_link


class Command(BaseCommand):
    help = (
        "Bring database, static files and catalogue up to date before web servers, "
        "workers and scheduler are started one by one. May run on all machines at once."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        administrator = prepare(settings.LAYOUT, self.stdout.write)
        if administrator is not None:
            link = sign_in_link(administrator, public_address(settings.LAYOUT))
            self.stdout.write(f"Sign in with this link, once: {link}")
        self.stdout.write("Ready.")
