"""Management API of the recommender: compare models, add up workloads,
recommend, experiment."""

from ninja import Router

from recommender.api_calculator import router as calculator_router
from recommender.api_choices import router as choices_router
from recommender.api_compare import router as compare_router
from recommender.api_experiments import router as experiments_router
from recommender.api_recommendations import router as recommendations_router
from recommender.api_route import router as route_router

router = Router(tags=["Recommender"])
router.add_router("", calculator_router)
router.add_router("", compare_router)
router.add_router("", recommendations_router)
router.add_router("", choices_router)
router.add_router("", route_router)
router.add_router("", experiments_router)
