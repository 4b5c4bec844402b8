"""What the recommender adds to the sample organisation, for `MODELHUB_AFTER_SAMPLE`:
experiments before its calls are made, and recommendations afterwards."""

from recommender.services.recommendation_looks import look_at_sample
from recommender.services.sample_experiments import prepare_sample

__all__ = ["look_at_sample", "prepare_sample"]
