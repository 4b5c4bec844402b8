from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from analytics.models.benchmark_suite import BenchmarkCase, BenchmarkSuite
from registry.models import AIModel, Organization


class RunState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class BenchmarkSchedule(models.Model):
    """Runs of a suite that begin by themselves."""

    class Kind(models.TextChoices):
        WEEKLY = "weekly", "Every week"
        NEW_VERSION = "new_version", "When a new version appears"

    suite = models.ForeignKey(BenchmarkSuite, models.CASCADE, related_name="schedules")
    kind = models.CharField(max_length=12, choices=Kind)
    weekdays = models.JSONField(default=list, help_text="0 is Monday; for weekly.")
    at_hour = models.PositiveSmallIntegerField(default=2, help_text="Organisation's.")
    options = models.JSONField(
        default=dict, help_text="Models, repetitions, concurrency, limit."
    )
    is_enabled = models.BooleanField(default=True)
    last_started_at = models.DateTimeField(null=True, blank=True)
    seen_models = models.JSONField(default=list, blank=True)
    problem = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.suite}: {self.get_kind_display()}"


class BenchmarkRun(models.Model):
    """Models × cases × repetitions. What is to be asked stands in BenchmarkResult rows
    from the beginning; one worker at a time holds the run (`claim`, `seen_at`) and
    another goes on where it stopped. `summary` is what pages show of the results."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="benchmark_runs"
    )
    suite = models.ForeignKey(BenchmarkSuite, models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField(help_text="Within the organisation, from 1.")
    state = models.CharField(max_length=9, choices=RunState, default=RunState.WAITING)
    repetitions = models.PositiveSmallIntegerField(default=1)
    concurrency = models.PositiveSmallIntegerField(
        default=4, help_text="Calls at once at each connection."
    )
    parameters = models.JSONField(default=dict, blank=True)
    system = models.TextField(blank=True, help_text="The suite's, as it was.")
    scorers = models.JSONField(default=list, help_text="The suite's, as they were.")
    pass_score = models.FloatField(default=0.7)
    estimate_usd = models.DecimalField(
        max_digits=20, decimal_places=10, null=True, blank=True
    )
    limit_usd = models.DecimalField(
        max_digits=20, decimal_places=10, null=True, blank=True
    )
    calls = models.PositiveIntegerField(default=0, help_text="Answers to be had.")
    summary = models.JSONField(default=dict, blank=True)
    problem = models.TextField(blank=True, help_text="Why it paused or failed.")
    share_key = models.UUIDField(null=True, blank=True, unique=True)
    schedule = models.ForeignKey(
        BenchmarkSchedule, models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, help_text="Of the worker.")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="Its last sign.")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "number"], name="benchmark_run_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"Run {self.number} of {self.suite}"

    @property
    def is_over(self) -> bool:
        return self.state in (RunState.CANCELLED, RunState.DONE, RunState.FAILED)


class BenchmarkContender(models.Model):
    """One model of a run; the gateway chooses the connection. The reference stays when
    the model goes."""

    run = models.ForeignKey(BenchmarkRun, models.CASCADE, related_name="contenders")
    position = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=300)
    ai_model = models.ForeignKey(AIModel, models.SET_NULL, null=True, blank=True)
    problem = models.TextField(blank=True, help_text="Why it was not asked further.")

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "position"], name="benchmark_contender_position_once"
            )
        ]

    def __str__(self) -> str:
        return self.reference


class ResultState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    ASKING = "asking", "Being asked"
    DONE = "done", "Done"
    FAILED = "failed", "No answer"
    SKIPPED = "skipped", "Not asked"


class BenchmarkResult(models.Model):
    """One answer of one contender to one case, asked for or to be asked. A row is
    written to only by who holds its `claim`. DONE: answered and scored, right or
    wrong; FAILED: no answer after every try. `score` is 0 to 1."""

    run = models.ForeignKey(BenchmarkRun, models.CASCADE, related_name="results")
    contender = models.ForeignKey(
        BenchmarkContender, models.CASCADE, related_name="results"
    )
    case = models.ForeignKey(BenchmarkCase, models.CASCADE, related_name="results")
    repetition = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=7, choices=ResultState, default=ResultState.WAITING
    )
    claim = models.UUIDField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    scores = models.JSONField(default=list, help_text="One of each scorer.")
    score = models.FloatField(null=True, blank=True)
    is_passed = models.BooleanField(null=True, blank=True)
    latency_ms = models.FloatField(null=True, blank=True)
    ttft_ms = models.FloatField(null=True, blank=True)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    cache_read_tokens = models.PositiveIntegerField(null=True, blank=True)
    reasoning_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost_usd = models.DecimalField(
        max_digits=20,
        decimal_places=10,
        null=True,
        blank=True,
        help_text="None: not known.",
    )
    judge_cost_usd = models.DecimalField(
        max_digits=20, decimal_places=10, null=True, blank=True
    )
    finish_reason = models.CharField(max_length=20, blank=True)
    error_kind = models.CharField(max_length=30, blank=True)
    error = models.TextField(blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "contender", "case", "repetition"],
                name="benchmark_result_once",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=1),
                name="benchmark_result_score_in_range",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "state", "id"], name="benchmark_result_state"),
            models.Index(
                fields=["run", "-finished_at"], name="benchmark_result_latest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contender} · {self.case} · {self.repetition}"
