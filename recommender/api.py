"""Management API of the recommender: compare models and add up workloads."""

from ninja import Router

from recommender.api_calculator import router as calculator_router

router = Router(tags=["Recommender"])
router.add_router("", calculator_router)
