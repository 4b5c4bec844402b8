"""What services refuse, as answers of the management API: operations need not know how
each of them says no."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.services.benchmark_runs import RunRefused
from analytics.services.budget_checking import BudgetRefused
from analytics.services.budget_definitions import StaleBudget
from analytics.services.capability_probes import ProbesRefused
from analytics.services.configuration import StalePlan
from modelhub.api_problems import problem
from recommender.recommending.asked import AskedError
from recommender.services.experiment_changes import ExperimentRefused, StaleExperiment
from registry.configuration.files import ConfigurationWrong
from registry.lined.document import Unreadable
from registry.parameters import ParameterError
from registry.services.assignments import AssignmentRefused, StaleAssignment
from registry.services.configuration_work import refusal_lines
from registry.services.connections import StaleConnection
from registry.services.custom_models import ModelInUse, StaleModel
from registry.services.features import StaleFeature
from registry.services.model_settings import ModelRefused, StaleSetting
from registry.services.model_settings_bulk import ModelsRefused
from registry.services.pack_switching import StaleSwitch, SwitchRefused
from registry.services.packs import PackRefused, StalePack
from registry.services.profiles import ProfileRefused, StaleProfile
from registry.services.prompt_labels import LabelRefused, StaleLabel
from registry.services.prompts import PromptRefused, StalePrompt

REFUSED: Final[tuple[type[Exception], ...]] = (
    AskedError,
    AssignmentRefused,
    BenchmarkRefused,
    BudgetRefused,
    ConfigurationWrong,
    ExperimentRefused,
    LabelRefused,
    ModelInUse,
    ModelRefused,
    ModelsRefused,
    PackRefused,
    ParameterError,
    ProbesRefused,
    ProfileRefused,
    PromptRefused,
    RunRefused,
    SwitchRefused,
    Unreadable,
    ValidationError,
)
"""The call breaks a rule."""
STALE: Final[tuple[type[Exception], ...]] = (
    StaleAssignment,
    StaleBudget,
    StaleConnection,
    StaleExperiment,
    StaleFeature,
    StaleLabel,
    StaleModel,
    StalePack,
    StalePlan,
    StaleProfile,
    StalePrompt,
    StaleSetting,
    StaleSwitch,
)
"""Somebody else was faster."""


def refused(request: HttpRequest, error: Any) -> HttpResponse:
    fields: dict[str, str] = {}
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        said = error.message_dict
        fields = {name: " ".join(said[name]) for name in said if name != "__all__"}
    elif isinstance(error, BudgetRefused):
        fields = {name: text for name, text in error.problems.items() if name}
    return problem(422, " ".join(refusal_lines(error)) or str(error), fields)


def overtaken(request: HttpRequest, error: Any) -> HttpResponse:
    """412 for a caller who said what it must not be (`If-Match`), else 409."""
    return problem(412 if "If-Match" in request.headers else 409, str(error))
