from recommender.models.playground_answer import AnswerState, PlaygroundAnswer
from recommender.models.playground_image import PlaygroundImage
from recommender.models.playground_run import PlaygroundRun
from recommender.models.recommendation import (
    Confidence,
    FollowUpVerdict,
    Recommendation,
    RecommendationFollowUp,
    RecommendationState,
    RecommendedShare,
)
from recommender.models.recommendation_limits import RecommendationLimits
from recommender.models.scoring_weights import ScoringWeights
from recommender.models.vote import Vote

__all__ = [
    "AnswerState",
    "Confidence",
    "FollowUpVerdict",
    "PlaygroundAnswer",
    "PlaygroundImage",
    "PlaygroundRun",
    "Recommendation",
    "RecommendationFollowUp",
    "RecommendationLimits",
    "RecommendationState",
    "RecommendedShare",
    "ScoringWeights",
    "Vote",
]
