"""An organisation with a feature, its model, and another model to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recommender.experiment_drafts import ArmDraft, ExperimentDraft
from recommender.models import Experiment
from recommender.services.experiment_changes import Said
from recommender.services.experiment_running import start
from recommender.services.experiments import create_experiment
from registry.models import AIModel, Connection, Feature, Organization, User
from registry.services.assignments import assign_model
from tests.factories import (
    ConnectionFactory,
    FeatureFactory,
    MembershipFactory,
    OrganizationFactory,
    ProviderFactory,
    enabled_model,
)


@dataclass
class Laboratory:
    """`control` is assigned to the feature, `candidate` may be."""

    organization: Organization
    feature: Feature
    control: AIModel
    candidate: AIModel
    connection: Connection
    user: User

    @property
    def audited(self) -> list[str]:
        entries = self.organization.audit_entries.order_by("id")
        return list(entries.values_list("action", flat=True))

    def another_model(self, **facts: Any) -> AIModel:
        return enabled_model(self.organization, provider=self.control.provider, **facts)

    def drafted(self, **said: Any) -> Experiment:
        return create_experiment(
            organization=self.organization,
            feature=said.pop("feature", self.feature),
            draft=self.draft(**said),
            actor=self.user,
        )

    def draft(
        self, candidates: Sequence[AIModel | ArmDraft] = (), **said: Any
    ) -> ExperimentDraft:
        arms = [
            one if isinstance(one, ArmDraft) else ArmDraft(ai_model=one)
            for one in candidates or [self.candidate]
        ]
        return ExperimentDraft(**{"name": "Try it", "candidates": arms, **said})

    def started(self, **said: Any) -> Experiment:
        return start(self.drafted(**said), Said(self.user))

    def canary(self, **said: Any) -> Experiment:
        return self.started(kind="canary", **said)

    def assign(self, ai_model: AIModel, expected_revision: int, **said: Any) -> int:
        outcome = assign_model(
            feature=self.feature,
            ai_model=ai_model,
            actor=self.user,
            expected_revision=expected_revision,
            **said,
        )
        return outcome.number


def make_laboratory(control: str = "steady", candidate: str = "bold") -> Laboratory:
    organization = OrganizationFactory()
    provider = ProviderFactory(slug="openai")
    user = MembershipFactory(organization=organization).user
    made = Laboratory(
        organization=organization,
        feature=FeatureFactory(organization=organization, key="chat", name="Chat"),
        control=enabled_model(organization, provider=provider, model_name=control),
        candidate=enabled_model(organization, provider=provider, model_name=candidate),
        connection=ConnectionFactory(organization=organization, provider=provider),
        user=user,
    )
    made.assign(made.control, 0)
    return made


def half(ai_model: AIModel, share: int | str = 50, **said: Any) -> ArmDraft:
    return ArmDraft(ai_model=ai_model, share_percent=Decimal(share), **said)
