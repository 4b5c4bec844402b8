from recommender.models.experiment import (
    CONTROL,
    Experiment,
    ExperimentArm,
    ExperimentEvent,
    ExperimentEventKind,
    ExperimentKind,
    ExperimentState,
    ExperimentUnit,
)
from recommender.models.playground_answer import AnswerState, PlaygroundAnswer
from recommender.models.playground_image import PlaygroundImage
from recommender.models.playground_run import PlaygroundRun
from recommender.models.recommendation import (
    Confidence,
    FollowUpVerdict,
    Recommendation,
    RecommendationFollowUp,
    RecommendationKind,
    RecommendationState,
    RecommendedShare,
)
from recommender.models.recommendation_limits import RecommendationLimits
from recommender.models.recommendation_look import LookState, RecommendationLook
from recommender.models.scoring_weights import ScoringWeights
from recommender.models.vote import Vote

__all__ = [
    "CONTROL",
    "AnswerState",
    "Confidence",
    "Experiment",
    "ExperimentArm",
    "ExperimentEvent",
    "ExperimentEventKind",
    "ExperimentKind",
    "ExperimentState",
    "ExperimentUnit",
    "FollowUpVerdict",
    "LookState",
    "PlaygroundAnswer",
    "PlaygroundImage",
    "PlaygroundRun",
    "Recommendation",
    "RecommendationFollowUp",
    "RecommendationKind",
    "RecommendationLimits",
    "RecommendationLook",
    "RecommendationState",
    "RecommendedShare",
    "ScoringWeights",
    "Vote",
]
