"""Changes experiments beside a running site; run in a process of its own:
`python -m tests.gateway.experiments.changing '["start", {…}]'` prints what there is
then."""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal

import django


def start(key: str, candidate: str, share: int = 50, prompt: str = "", **said):
    """A running experiment on a new feature `key`, which gpt-x answers."""
    from recommender.experiment_drafts import ArmDraft, ExperimentDraft
    from recommender.services import experiment_running
    from recommender.services.experiments import create_experiment
    from registry.models import AIModel, Organization
    from registry.prompts.template import Variable
    from registry.services.assignments import assign_model
    from registry.services.prompts import create_prompt
    from tests.factories import FeatureFactory

    organization = Organization.objects.get(slug="site")
    feature = FeatureFactory(organization=organization, key=key)
    named = {one.reference: one for one in AIModel.objects.select_related("provider")}
    assign_model(
        feature=feature,
        ai_model=named["openai/gpt-x"],
        fallbacks=[named["acme/backup-y"]],
        actor=None,
        expected_revision=0,
    )
    version = None
    if prompt:
        version = create_prompt(
            organization=organization,
            name=key.upper(),
            text=prompt,
            variables=[Variable("tone")] if "{{tone}}" in prompt else [],
            actor=None,
        )
    arm = ArmDraft(
        ai_model=named[candidate],
        parameters=said.pop("parameters", {}),
        prompt_version=version,
        share_percent=Decimal(share),
    )
    made = create_experiment(
        organization=organization,
        feature=feature,
        draft=ExperimentDraft(
            name=key,
            slug=key,
            candidates=[arm],
            control_share_percent=Decimal(100 - share),
            **said,
        ),
        actor=None,
    )
    experiment_running.start(made)
    return told(key)


def change(key: str, verb: str):
    """`pause`, `resume`, `step_forward` or `stop`."""
    from recommender.models import Experiment
    from recommender.services import experiment_running

    made = Experiment.objects.get(slug=key)
    getattr(experiment_running, verb)(made)
    return told(key)


def reassign(key: str, reference: str):
    """Assign another model to the feature of the experiment."""
    from recommender.models import Experiment
    from registry.models import AIModel
    from registry.queries.assignments import current_revision
    from registry.services.assignments import assign_model

    feature = Experiment.objects.get(slug=key).feature
    provider, name = reference.split("/")
    assign_model(
        feature=feature,
        ai_model=AIModel.objects.get(provider__slug=provider, model_name=name),
        actor=None,
        expected_revision=current_revision(feature).number,
    )
    return told(key)


def told(key: str):
    from recommender.models import Experiment

    made = Experiment.objects.get(slug=key)
    return {
        "salt": made.salt,
        "state": made.state,
        "arms": {arm.key: arm.pk for arm in made.arms.all()},
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "modelhub.settings")
    django.setup()
    verb, given = json.loads(sys.argv[1])
    done = {"start": start, "change": change, "reassign": reassign}[verb](**given)
    print(json.dumps(done))  # noqa: T201  # its answer
