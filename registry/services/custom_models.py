"""Models of an organisation's own: added, edited, retired, deleted."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.audit import record_change
from registry.facts import EDITED, FACT_FIELDS, mark_edited
from registry.model_ids import CUSTOM, check_model_name
from registry.models import AIModel, Organization, Provider, User
from registry.queries.model_use import use_of
from registry.queries.prices import quote_for
from registry.rates import RatesDocument
from registry.services.stated_prices import NewPrice, add_price
from registry.snapshots import Snapshot, differences, snapshot, stated


class StaleModel(Exception):
    """Somebody else edited the model meanwhile; nothing was changed."""

    def __init__(self, current: AIModel) -> None:
        self.current = current
        super().__init__(f"{current.reference} was edited meanwhile.")


class ModelInUse(Exception):
    """The model stays because something needs it; the text says what."""


@dataclass(frozen=True, kw_only=True)
class CustomFacts:
    """What a person states: `facts` by field of `FACT_FIELDS`; `rates` None where no
    price is known."""

    facts: dict[str, Any]
    rates: RatesDocument | None = None


@transaction.atomic
def add_custom_model(
    *,
    organization: Organization,
    actor: User | None,
    provider_slug: str,
    model_name: str,
    given: CustomFacts,
) -> AIModel:
    """Add a model that only `organization` sees, at a known provider or at `custom`.

    Raises ValidationError by field: an id without an address, one that the
    organisation or the catalogue has already, facts and rates that make no sense.
    """
    ai_model = AIModel(
        organization=organization,
        provider=_provider(provider_slug),
        model_name=model_name,
        **_known(given.facts),
    )
    ai_model.name = ai_model.name or model_name
    _check_all(ai_model)
    mark_stated(ai_model, list(stated(ai_model)), actor)
    _insert(ai_model)
    _record(ai_model, (actor, ""), "model.added", None, stated(ai_model))
    if given.rates:
        new = NewPrice(ai_model=ai_model, rates=given.rates, read_on=_today())
        add_price(new=new, actor=actor)
    return ai_model


@transaction.atomic
def edit_custom_model(
    *,
    ai_model: AIModel,
    actor: User | None,
    seen_at: datetime.datetime,
    given: CustomFacts,
    actor_label: str = "",
) -> bool:
    """Set the facts, and the price from now on where it differs. Provider and id stay:
    they are what the product calls. `seen_at` is the `updated_at` the person saw.

    Returns whether anything changed. Raises ValidationError by field and StaleModel.
    """
    locked = _locked(ai_model)
    before = snapshot(locked)
    for name, value in _known(given.facts).items():
        setattr(locked, name, value)
    old, new = differences(before, snapshot(locked))
    rates = _changed_rates(locked, given.rates)
    if not new and rates is None:
        return False
    if locked.updated_at != seen_at:
        raise StaleModel(AIModel.objects.get(pk=ai_model.pk))
    _check_facts(locked)
    mark_stated(locked, list(new), actor)
    locked.save()
    if new:
        _record(locked, (actor, actor_label), "model.edited", old, new)
    if rates is not None:
        start = timezone.now()
        add_price(
            new=NewPrice(
                ai_model=locked, rates=rates, effective_from=start, read_on=_today()
            ),
            actor=actor,
        )
    return True


@transaction.atomic
def retire_custom_model(
    *, ai_model: AIModel, actor: User | None, actor_label: str = ""
) -> bool:
    """From today it serves no new work; its history stays. Returns False if it was
    retired already. Raises ModelInUse."""
    locked = _locked(ai_model)
    today = _today()
    if locked.is_retired(today):
        return False
    _refuse_in_use(locked)
    before = snapshot(locked)
    locked.retired_on = today
    mark_stated(locked, ["retired_on"], actor)
    locked.save()
    changes = differences(before, snapshot(locked))
    _record(locked, (actor, actor_label), "model.retired", *changes)
    return True


@transaction.atomic
def delete_custom_model(
    *, ai_model: AIModel, actor: User | None, actor_label: str = ""
) -> None:
    """Remove it with its prices and settings. Raises ModelInUse where a feature uses
    it, or used it once: then its history needs it."""
    locked = _locked(ai_model)
    use = _refuse_in_use(locked)
    if use.features_before:
        raise ModelInUse(
            f"It stands in the history of {', '.join(use.features_before)}. "
            "Retire it instead."
        )
    _record(locked, (actor, actor_label), "model.deleted", stated(locked), None)
    locked.delete()


def _refuse_in_use(ai_model: AIModel) -> Any:
    use = use_of(ai_model)
    if use.is_in_use:
        raise ModelInUse(f"It is in use: {use.text}. Give them another model first.")
    return use


def _provider(slug: str) -> Provider:
    if slug == CUSTOM:
        provider, _ = Provider.objects.get_or_create(
            slug=CUSTOM, defaults={"name": "Custom", "source": EDITED}
        )
        return provider
    found = Provider.objects.filter(slug=slug).first()
    if found is None:
        raise ValidationError({"provider": "Choose a provider of the list."})
    return found


def _insert(ai_model: AIModel) -> None:
    try:
        with transaction.atomic():
            ai_model.save(force_insert=True)
    except IntegrityError as error:
        # The same form, sent twice at the same moment.
        message = f"You have {ai_model.reference} already."
        raise ValidationError({"model_name": message}) from error


def _check_all(ai_model: AIModel) -> None:
    """Id and facts at once: a person mends a form in one go."""
    errors: dict[str, Any] = {}
    for check in (_check_id, _check_facts):
        try:
            check(ai_model)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def _check_id(ai_model: AIModel) -> None:
    try:
        check_model_name(ai_model.provider.slug, ai_model.model_name)
    except ValidationError as error:
        raise ValidationError({"model_name": error.messages}) from error
    organization = ai_model.organization
    same = AIModel.objects.filter(
        provider=ai_model.provider, model_name=ai_model.model_name
    )
    if same.filter(organization=organization).exists():
        message = f"You have {ai_model.reference} already."
        raise ValidationError({"model_name": message})
    if same.filter(organization=None).exists():
        message = (
            f"The catalogue has {ai_model.reference} already. "
            "Enable that one; you can give it your own price."
        )
        raise ValidationError({"model_name": message})


def _check_facts(ai_model: AIModel) -> None:
    # The id has a check of its own, with sentences for people.
    ai_model.full_clean(exclude=["model_name"])
    check_memory(ai_model)


def check_memory(ai_model: AIModel) -> None:
    """Raises ValidationError by field."""
    least, good = ai_model.min_memory_gb, ai_model.recommended_memory_gb
    if least is not None and good is not None and good < least:
        message = "Recommended is at least as much as the minimum."
        raise ValidationError({"recommended_memory_gb": message})


def _changed_rates(
    ai_model: AIModel, rates: RatesDocument | None
) -> RatesDocument | None:
    """The rates to add, or None where they are those in force. A price is never taken
    away: an emptied form leaves the one in force."""
    if rates is None:
        return None
    quote = quote_for(ai_model, None, timezone.now())
    return None if quote and quote.price.rates == rates else rates


def _locked(ai_model: AIModel) -> AIModel:
    rows = AIModel.objects.select_for_update(of=("self",))
    return rows.select_related("provider", "organization").get(pk=ai_model.pk)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(facts) - set(FACT_FIELDS))
    if unknown:
        message = f"A model has no {', '.join(unknown)} to state."
        raise TypeError(message)
    return facts


def mark_stated(ai_model: AIModel, fields: list[str], actor: User | None) -> None:
    """From now on no sync overwrites `fields`."""
    mark_edited(ai_model, fields, by=actor.email if actor else "", on=_today())


def _record(
    ai_model: AIModel,
    by: tuple[User | None, str],
    action: str,
    before: Snapshot | None,
    after: Snapshot | None,
) -> None:
    record_change(
        organization=ai_model.organization,
        actor=by[0],
        actor_label=by[1],
        action=action,
        target=ai_model,
        before=before,
        after=after,
    )


def _today() -> datetime.date:
    return timezone.now().date()
