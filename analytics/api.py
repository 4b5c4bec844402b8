"""Management API of analytics."""

from ninja import Router

from analytics.api_alerts import router as alerts_router
from analytics.api_benchmark_cases import router as cases_router
from analytics.api_benchmark_suites import router as benchmarks_router
from analytics.api_budgets import router as budgets_router
from analytics.api_configuration import router as configuration_router
from analytics.api_feedback import router as feedback_router
from analytics.api_forecast import router as forecast_router
from analytics.api_metrics import router as metrics_router
from analytics.api_packs import router as packs_router
from analytics.api_usage import router as usage_router
from analytics.api_what_if import router as what_if_router

router = Router()
router.add_router("", metrics_router)
router.add_router("", usage_router)
router.add_router("", what_if_router)
router.add_router("", alerts_router)
router.add_router("", budgets_router)
router.add_router("", forecast_router)
router.add_router("", packs_router)
router.add_router("", benchmarks_router)
router.add_router("", cases_router)
router.add_router("", feedback_router)
router.add_router("", configuration_router)
