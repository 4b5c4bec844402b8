"""Where an organisation uses a model."""

from dataclasses import dataclass

from django.db.models import Q

from registry.models import AIModel, AssignmentRevision, DefaultFallback, Feature


@dataclass(frozen=True)
class ModelUse:
    """Names of features and models, sorted. `features_before` had it once."""

    features_now: list[str]
    features_before: list[str]
    default_fallback_of: list[str]

    @property
    def is_in_use(self) -> bool:
        return bool(self.features_now or self.default_fallback_of)

    @property
    def text(self) -> str:
        """Where it is in use now, in words."""
        return ", ".join([*self.features_now, *self.default_fallback_of])


def use_of(ai_model: AIModel) -> ModelUse:
    touching = Q(ai_model=ai_model) | Q(fallback_steps__ai_model=ai_model)
    revisions = AssignmentRevision.objects.filter(touching).values("pk")
    now = Feature.objects.filter(assignment__revision__in=revisions)
    ever = Feature.objects.filter(revisions__in=revisions)
    fallbacks = DefaultFallback.objects.filter(ai_model=ai_model).select_related(
        "setting__ai_model__provider"
    )
    current = sorted(set(now.values_list("name", flat=True)))
    return ModelUse(
        features_now=current,
        features_before=sorted(set(ever.values_list("name", flat=True)) - set(current)),
        default_fallback_of=sorted(
            {step.setting.ai_model.reference for step in fallbacks}
        ),
    )
