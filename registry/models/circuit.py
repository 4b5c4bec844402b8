from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from registry.circuit import MAX_ERROR, Circuit, Phase
from registry.models.ai_model import AIModel
from registry.models.connection import Connection


class CircuitState(models.Model):
    """The circuit breaker of one model at one connection, shared by all processes. A
    row exists once a call failed; how it moves is said in `registry.circuit`."""

    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="circuit_states"
    )
    ai_model = models.ForeignKey(AIModel, models.CASCADE, related_name="circuit_states")
    state = models.CharField(
        max_length=10,
        choices=[
            (Phase.CLOSED.value, "Closed"),
            (Phase.OPEN.value, "Open"),
            (Phase.HALF_OPEN.value, "Half-open"),
        ],
        default=Phase.CLOSED.value,
    )
    failed_at = ArrayField(
        models.DateTimeField(),
        default=list,
        help_text="The last failures without a success between them, oldest first.",
    )
    openings = models.PositiveIntegerField(
        default=0, help_text="How often it opened since it was closed last."
    )
    opened_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True, help_text="The next probe may go then.")
    probe_claimed_at = models.DateTimeField(null=True)
    last_error_kind = models.CharField(max_length=20, blank=True)
    last_error = models.CharField(max_length=MAX_ERROR, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "ai_model"], name="circuit_state_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ai_model} at {self.connection}"

    @property
    def circuit(self) -> Circuit:
        return Circuit(
            phase=Phase(self.state),
            failed_at=tuple(self.failed_at),
            openings=self.openings,
            opened_at=self.opened_at,
            retry_at=self.retry_at,
            probe_claimed_at=self.probe_claimed_at,
            error_kind=self.last_error_kind,
            error=self.last_error,
        )

    @circuit.setter
    def circuit(self, circuit: Circuit) -> None:
        self.state = circuit.phase.value
        self.failed_at = list(circuit.failed_at)
        self.openings = circuit.openings
        self.opened_at = circuit.opened_at
        self.retry_at = circuit.retry_at
        self.probe_claimed_at = circuit.probe_claimed_at
        self.last_error_kind = circuit.error_kind
        self.last_error = circuit.error[:MAX_ERROR]
