"""What an organisation decides about a model: enabled or not, and its defaults."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from registry.audit import record_change
from registry.models import (
    AIModel,
    DefaultFallback,
    ModelSetting,
    Organization,
    User,
)
from registry.parameters import clean_parameters
from registry.queries.model_uses import uses_of

MAX_FALLBACKS: Final = 4


class ModelRefused(Exception):
    """The change breaks a rule, named for a person; nothing was changed."""


class StaleSetting(Exception):
    """Someone else changed the setting meanwhile; nothing was changed."""

    def __init__(self, current: ModelSetting) -> None:
        self.current = current
        super().__init__(f"{current.ai_model} was configured by someone else.")


@dataclass(frozen=True)
class Configuration:
    """The defaults of a model in an organisation."""

    parameters: dict[str, Any] = field(default_factory=dict)
    fallbacks: Sequence[AIModel] = ()
    use_batch_price: bool = False
    monthly_limit_usd: Decimal | None = None
    notes: str = ""

    def as_record(self) -> dict[str, Any]:
        """JSON-ready, for the audit entry and for comparing two configurations."""
        limit = self.monthly_limit_usd
        return {
            "parameters": self.parameters,
            "fallbacks": [one.reference for one in self.fallbacks],
            "use_batch_price": self.use_batch_price,
            "monthly_limit_usd": None if limit is None else f"{limit:.2f}",
            "notes": self.notes,
        }


@transaction.atomic
def enable_model(
    *, organization: Organization, ai_model: AIModel, actor: User | None
) -> bool:
    """Let features of `organization` use the model. False where they already may.

    Raises ModelRefused for a model that is no longer served.
    """
    setting = _locked_setting(organization, ai_model)
    if setting.is_enabled:
        return False
    if ai_model.is_retired(timezone.now().date()) or not ai_model.is_listed:
        message = (
            f"{ai_model.reference} is unavailable: it is retired or has left the "
            "catalogue, so features could not use it."
        )
        raise ModelRefused(message)
    _switch(setting, actor, is_enabled=True)
    return True


@transaction.atomic
def disable_model(
    *, organization: Organization, ai_model: AIModel, actor: User | None
) -> bool:
    """Keep features of `organization` from using the model. False where it is not
    enabled. Raises ModelRefused naming the features that use it."""
    setting = _locked_setting(organization, ai_model)
    if not setting.is_enabled:
        return False
    names = dict.fromkeys(use.feature.name for use in uses_of(ai_model, organization))
    if names:
        message = (
            f"{ai_model.reference} is in use by {', '.join(names)}. "
            "Assign another model there first."
        )
        raise ModelRefused(message)
    _switch(setting, actor, is_enabled=False)
    return True


@transaction.atomic
def configure_model(
    *,
    organization: Organization,
    ai_model: AIModel,
    configuration: Configuration,
    expected_version: int,
    actor: User | None,
) -> ModelSetting:
    """Store the model's defaults. `expected_version` is the version the person saw
    (1: never configured). The same configuration sent again changes nothing.

    Raises StaleSetting, ModelRefused, and ParameterError for wrong parameters.
    """
    cleaned = clean_parameters(
        configuration.parameters, max_output_tokens=ai_model.max_output_tokens
    )
    check_fallbacks(ai_model, configuration.fallbacks)
    setting = _locked_setting(organization, ai_model)
    before = configuration_of(setting).as_record()
    after = configuration.as_record() | {"parameters": cleaned}
    if before == after:
        return setting
    if setting.version != expected_version:
        raise StaleSetting(setting)
    _store(setting, configuration, cleaned)
    _record(setting, actor, "model.configured", before, after)
    return setting


def configuration_of(setting: ModelSetting | None) -> Configuration:
    """What is stored, in its order; nothing for a model never configured."""
    if setting is None:
        return Configuration()
    steps = setting.fallback_steps.select_related("ai_model__provider")
    return Configuration(
        parameters=setting.default_parameters,
        fallbacks=[step.ai_model for step in steps],
        use_batch_price=setting.use_batch_price,
        monthly_limit_usd=setting.monthly_limit_usd,
        notes=setting.notes,
    )


def _locked_setting(organization: Organization, ai_model: AIModel) -> ModelSetting:
    ModelSetting.objects.get_or_create(organization=organization, ai_model=ai_model)
    return ModelSetting.objects.select_for_update().get(
        organization=organization, ai_model=ai_model
    )


def _switch(setting: ModelSetting, actor: User | None, *, is_enabled: bool) -> None:
    # The version counts configurations only: a form opened before the switch
    # holds nothing that the switch made stale.
    setting.is_enabled = is_enabled
    setting.full_clean()
    setting.save(update_fields=["is_enabled", "updated_at"])
    action = "model.enabled" if is_enabled else "model.disabled"
    before, after = {"is_enabled": not is_enabled}, {"is_enabled": is_enabled}
    _record(setting, actor, action, before, after)


def check_fallbacks(ai_model: AIModel, fallbacks: Sequence[AIModel]) -> None:
    """Raises ModelRefused."""
    pks = [one.pk for one in fallbacks]
    if ai_model.pk in pks:
        raise ModelRefused("A model cannot be its own fallback.")
    if len(set(pks)) != len(pks):
        raise ModelRefused("Each fallback stands in the order once.")
    if len(pks) > MAX_FALLBACKS:
        message = f"At most {MAX_FALLBACKS} fallbacks."
        raise ModelRefused(message)


def _store(
    setting: ModelSetting, configuration: Configuration, parameters: dict[str, Any]
) -> None:
    setting.default_parameters = parameters
    setting.use_batch_price = configuration.use_batch_price
    setting.monthly_limit_usd = configuration.monthly_limit_usd
    setting.notes = configuration.notes
    setting.version += 1
    setting.full_clean()
    setting.save()
    setting.fallback_steps.all().delete()
    DefaultFallback.objects.bulk_create(
        DefaultFallback(setting=setting, ai_model=one, position=position)
        for position, one in enumerate(configuration.fallbacks, start=1)
    )


def _record(
    setting: ModelSetting,
    actor: User | None,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    changed = [name for name in after if before.get(name) != after[name]]
    record_change(
        organization=setting.organization,
        actor=actor,
        action=action,
        target=setting.ai_model,
        before={name: before.get(name) for name in changed},
        after={name: after[name] for name in changed},
    )
