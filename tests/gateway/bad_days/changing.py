"""Changes the configuration of a site as its pages would, from a process of its own:
`python -m tests.gateway.bad_days.changing` reads `<feature> <reference>` line by line,
assigns it, and says so when it is committed."""

from __future__ import annotations

import os
import sys

import django


def change(key: str, reference: str) -> None:
    from registry.models import AIModel, Assignment
    from registry.services.assignments import assign_model

    provider, _, name = reference.partition("/")
    current = Assignment.objects.get(
        feature__key=key, feature__organization__slug="site"
    )
    assign_model(
        feature=current.feature,
        ai_model=AIModel.objects.get(provider__slug=provider, model_name=name),
        fallbacks=[],
        actor=None,
        actor_label="test",
        expected_revision=current.revision_number,
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "modelhub.settings")
    django.setup()
    for line in sys.stdin:
        change(*line.split())
        print("committed", flush=True)  # noqa: T201  # its answer
