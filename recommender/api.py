"""Management API of the recommender: compare models, add up workloads,
recommend."""

from ninja import Router

from recommender.api_calculator import router as calculator_router
from recommender.api_compare import router as compare_router
from recommender.api_recommendations import router as recommendations_router

router = Router(tags=["Recommender"])
router.add_router("", calculator_router)
router.add_router("", compare_router)
router.add_router("", recommendations_router)
