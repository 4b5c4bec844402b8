from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.models.adjustment import (
    AdjustedCall,
    AdjustmentKind,
    AdjustmentState,
    UnpricedSetAside,
    UsageAdjustment,
)
from analytics.models.alert import Alert
from analytics.models.alert_channel import (
    AlertChannel,
    AlertDelivery,
    ChannelKind,
    DeliveryState,
)
from analytics.models.alert_mute import AlertMute
from analytics.models.alert_rule import AlertRule
from analytics.models.alert_sign import AlertSign
from analytics.models.arm_hour import ArmHour, ArmUnit
from analytics.models.benchmark_import import BenchmarkImport
from analytics.models.benchmark_run import (
    BenchmarkContender,
    BenchmarkResult,
    BenchmarkRun,
    BenchmarkSchedule,
    ResultState,
    RunState,
)
from analytics.models.benchmark_suite import (
    BenchmarkCase,
    BenchmarkImage,
    BenchmarkSuite,
)
from analytics.models.benchmark_verdict import BenchmarkVerdict
from analytics.models.budget import (
    Budget,
    BudgetDefinition,
    BudgetHold,
    BudgetPeriod,
    BudgetScope,
    OnLimit,
)
from analytics.models.capability_probe import (
    CapabilityProbe,
    ProbeState,
    ProbeVerdict,
)
from analytics.models.cost_forecast import CostForecast, ForecastState
from analytics.models.feature_value import FeatureValue
from analytics.models.feedback import Feedback
from analytics.models.intake_tally import IntakeRefusal, IntakeTally
from analytics.models.invoice_line import ProviderInvoiceLine
from analytics.models.model_alias import ModelAlias
from analytics.models.rollup import ClosedDay, DayRollup, HourRollup, HourTagRollup
from analytics.models.rollup_upkeep import DirtyHour, DroppedUsage, ReconcileFinding
from analytics.models.sample_load import SampleLoad, SampleLoadState
from analytics.models.telemetry import (
    TelemetryAttribute,
    TelemetryMetric,
    TelemetrySeries,
    TelemetrySpan,
    TelemetryTally,
)
from analytics.models.usage_band import BandEdges, UsageBand
from analytics.models.usage_import import ImportState, UsageImport
from analytics.models.usage_payload import UsagePayload
from analytics.models.usage_record import UsageRecord

__all__ = [
    "CapabilityProbe",
    "ProbeState",
    "ProbeVerdict",
    "AdjustedCall",
    "AdjustmentKind",
    "AdjustmentState",
    "IntakeRefusal",
    "IntakeTally",
    "UnpricedSetAside",
    "UsageAdjustment",
    "Alert",
    "AlertChannel",
    "AlertDelivery",
    "AlertKind",
    "AlertMute",
    "AlertRule",
    "AlertSeverity",
    "AlertSign",
    "ArmHour",
    "ArmUnit",
    "BandEdges",
    "Budget",
    "BudgetDefinition",
    "BudgetHold",
    "BudgetPeriod",
    "BudgetScope",
    "ChannelKind",
    "ClosedDay",
    "CostForecast",
    "DayRollup",
    "DeliveryState",
    "DirtyHour",
    "DroppedUsage",
    "FeatureValue",
    "Feedback",
    "ForecastState",
    "HourRollup",
    "HourTagRollup",
    "ImportState",
    "ModelAlias",
    "OnLimit",
    "ProviderInvoiceLine",
    "UsageImport",
    "ReconcileFinding",
    "UsageBand",
    "TelemetryAttribute",
    "TelemetryMetric",
    "TelemetrySeries",
    "TelemetrySpan",
    "TelemetryTally",
    "SampleLoad",
    "SampleLoadState",
    "UsagePayload",
    "UsageRecord",
    "BenchmarkCase",
    "BenchmarkContender",
    "BenchmarkImage",
    "BenchmarkImport",
    "BenchmarkResult",
    "BenchmarkRun",
    "BenchmarkSchedule",
    "BenchmarkSuite",
    "BenchmarkVerdict",
    "ResultState",
    "RunState",
]
