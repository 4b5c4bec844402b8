"""The console command `modelhub`: Django's commands on top of the embedded parts."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "modelhub.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
