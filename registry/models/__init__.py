from registry.models.ai_model import AIModel, ModelAlias, ModelType
from registry.models.api_token import ApiToken, TokenScope
from registry.models.assignment import (
    Assignment,
    AssignmentFallback,
    AssignmentRevision,
)
from registry.models.audit import AuditEntry
from registry.models.call_count import CallCount
from registry.models.catalog_sync import CatalogSync, SyncState
from registry.models.circuit import CircuitState
from registry.models.connection import (
    Backoff,
    Connection,
    ConnectionModel,
    ConnectionState,
)
from registry.models.discovery_run import DiscoveryRun, DiscoveryState
from registry.models.feature import (
    AccuracyLevel,
    BudgetSensitivity,
    Feature,
    StreamGuarantee,
    Urgency,
)
from registry.models.idempotent_answer import IdempotentAnswer
from registry.models.invitation import Invitation
from registry.models.model_measurement import ModelMeasurement
from registry.models.model_setting import DefaultFallback, ModelSetting
from registry.models.organization import (
    CapabilityTrust,
    Membership,
    Organization,
    Role,
)
from registry.models.pack import (
    ActivePack,
    Pack,
    PackEntry,
    PackSwitch,
    PackVersion,
    PlannedSwitch,
    PlannedSwitchState,
)
from registry.models.price import Price
from registry.models.profile import Profile
from registry.models.prompt import (
    Prompt,
    PromptLabel,
    PromptLabelMove,
    PromptVersion,
)
from registry.models.provider import Provider
from registry.models.rate_bucket import RateBucket
from registry.models.user import EmailState, User
from registry.models.verified_capability import VerifiedCapability

__all__ = [
    "CapabilityTrust",
    "AIModel",
    "AccuracyLevel",
    "ActivePack",
    "ApiToken",
    "Assignment",
    "AssignmentFallback",
    "AssignmentRevision",
    "AuditEntry",
    "Backoff",
    "BudgetSensitivity",
    "CatalogSync",
    "CallCount",
    "CircuitState",
    "Connection",
    "ConnectionModel",
    "ConnectionState",
    "DefaultFallback",
    "DiscoveryRun",
    "DiscoveryState",
    "EmailState",
    "Feature",
    "IdempotentAnswer",
    "Invitation",
    "Membership",
    "ModelAlias",
    "ModelMeasurement",
    "ModelSetting",
    "ModelType",
    "Organization",
    "Pack",
    "PackEntry",
    "PackSwitch",
    "PackVersion",
    "PlannedSwitch",
    "PlannedSwitchState",
    "Price",
    "Profile",
    "Prompt",
    "PromptLabel",
    "PromptLabelMove",
    "PromptVersion",
    "Provider",
    "RateBucket",
    "Role",
    "StreamGuarantee",
    "SyncState",
    "TokenScope",
    "Urgency",
    "User",
    "VerifiedCapability",
]
