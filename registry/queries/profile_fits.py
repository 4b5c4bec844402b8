"""How many models meet what a profile asks for."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import Organization
from registry.profiles.needs import Needs, unmet, unmet_memory
from registry.resolution.entries import ModelEntry
from registry.resolution.finding import traits_of
from registry.resolution.loading import load_snapshot_of
from registry.resolution.stages import local_models


@dataclass(frozen=True)
class Fits:
    """Of `enabled` models so many fit, `local` of them on a machine of one's own."""

    enabled: int
    fitting: int
    local: int

    @property
    def text(self) -> str:
        if not self.enabled:
            return "No model is enabled yet."
        models = f"{self.enabled:,} enabled model{'s' * (self.enabled != 1)}"
        verb = "fits" if self.fitting == 1 else "fit"
        here = f", {self.local:,} of them local" if self.local else ""
        return f"{self.fitting:,} of {models} {verb}{here}"


def fits_of(organization: Organization, needs: Needs) -> Fits:
    """Memory counts for models that run here; whether one can be called now does
    not."""
    snapshot = load_snapshot_of(organization.pk)
    entry = snapshot.organization(organization.pk)
    local = {one.id for one in local_models(snapshot, entry)} if entry else set()
    enabled = snapshot.enabled_models(organization.pk)
    fitting = [one.id for one in enabled if _fits(one, needs, one.id in local)]
    return Fits(len(enabled), len(fitting), len(local.intersection(fitting)))


def _fits(model: ModelEntry, needs: Needs, is_local: bool) -> bool:
    if any(unmet(needs, traits_of(model))):
        return False
    return not is_local or not any(unmet_memory(needs, model.min_memory_gb))
