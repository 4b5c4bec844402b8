from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from registry.facts import EDITED
from registry.models import AIModel, Price
from registry.rates import BASE_RATES, base_rate
from registry.services.stated_prices import NewPrice, add_price, flat_rates
from registry.transfer.cells import (
    Cell,
    Day,
    Document,
    Moment,
    Number,
    Text,
    is_empty,
    plain_text,
    shown,
)
from registry.transfer.formats import LineDataset
from registry.transfer.resources.base import Key, Related, StrictResource, column

MODEL_COLUMNS = ("provider", "model_name", "model_organization")


class ModelPart(Cell):
    """A column that tells which model a price is of: read together with its
    neighbours, see `PriceResource.model_of`."""


class PriceResource(StrictResource):
    """Prices, only to be added. A row that is there already is left alone; one that
    would change a price is refused. `model_organization` names whose custom model it
    is, `organization` who negotiated the price; both are empty in the catalogue.
    Instead of `rates`, the base rates alone may be given."""

    noun = "price"
    key_columns = (*MODEL_COLUMNS, "organization", "effective_from")
    optional_key_columns = ("model_organization", "organization", "effective_from")

    provider = column("provider", ModelPart(), "ai_model__provider__slug")
    model_name = column("model_name", ModelPart(), "ai_model__model_name")
    model_organization = column(
        "model_organization", ModelPart(), "ai_model__organization__slug"
    )
    organization = column("organization", Related("organization"))
    effective_from = column("effective_from", Moment())
    effective_to = column("effective_to", Moment())
    input_usd_per_million = column("input_usd_per_million", Number())
    output_usd_per_million = column("output_usd_per_million", Number())
    cache_read_usd_per_million = column("cache_read_usd_per_million", Number())
    cache_write_usd_per_million = column("cache_write_usd_per_million", Number())
    rates = column("rates", Document())
    discount_percent = column("discount_percent", Number())
    source = column("source", Text())
    source_reference = column("source_reference", Text())
    read_on = column("read_on", Day())
    note = column("note", Text())

    class Meta:
        model = Price
        fields = (
            *MODEL_COLUMNS,
            "organization",
            "effective_from",
            "effective_to",
            *BASE_RATES,
            "rates",
            "discount_percent",
            "source",
            "source_reference",
            "read_on",
            "note",
        )
        import_id_fields = ("provider", "model_name")
        skip_diff = True
        store_instance = True
        use_transactions = True

    def load_existing(self, dataset: LineDataset) -> dict[Key, Price]:
        names = {name for name in dataset["model_name"] if isinstance(name, str)}
        models = AIModel.objects.filter(model_name__in=names).select_related(
            "provider", "organization"
        )
        self.ai_models = {_model_key(one): one for one in models}
        prices = Price.objects.filter(ai_model__in=models).select_related(
            "ai_model__provider", "ai_model__organization", "organization"
        )
        return {
            (
                *_model_key(price.ai_model),
                price.organization and price.organization.slug,
                price.effective_from,
            ): price
            for price in prices
        }

    def key_of(self, row: dict[str, Any]) -> Key:
        names = (*MODEL_COLUMNS, "organization")
        texts = (plain_text(row.get(name)).strip() or None for name in names)
        return (*texts, Moment().read(row.get("effective_from")))

    def import_instance(
        self, instance: Price, row: dict[str, Any], **kwargs: Any
    ) -> None:
        errors: dict[str, Any] = {}
        ai_model = self.ai_models.get(self.key[:3])
        if ai_model is None:
            name = "/".join(part or "" for part in self.key[:2])
            errors["model_name"] = f"There is no model {shown(name)}."
        else:
            instance.ai_model = ai_model
        for field in self.get_import_fields():
            if isinstance(field.widget, ModelPart):
                continue
            try:
                self.import_field(field, instance, row)
            except ValueError as error:
                errors[field.column_name] = str(error)
        if not errors:
            errors = _complete(instance, row)
        if errors:
            raise ValidationError(errors)

    def validate_instance(
        self,
        instance: Price,
        import_validation_errors: dict[str, Any] | None = None,
        validate_unique: bool = True,
    ) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        if self.before is not None:
            changed = ", ".join(self.changed_fields(instance))
            raise ValidationError(
                f"A price from that moment is there already, with another {changed}. "
                "Prices are only added: start a new one later."
            )

    def save_instance(
        self, instance: Price, is_create: bool, row: dict[str, Any], **kwargs: Any
    ) -> None:
        """The service ends the price in force and writes the audit entry."""
        copied = (
            "ai_model",
            "organization",
            "effective_from",
            "effective_to",
            "rates",
            "discount_percent",
            "source_reference",
            "read_on",
            "note",
        )
        facts = {name: getattr(instance, name) for name in copied}
        new = NewPrice(**facts, source=instance.source or EDITED)
        instance.pk = add_price(new=new, actor=self.actor).pk


def _model_key(ai_model: AIModel) -> Key:
    organization = ai_model.organization
    return (
        ai_model.provider.slug,
        ai_model.model_name,
        organization and organization.slug,
    )


def _complete(price: Price, row: dict[str, Any]) -> dict[str, str]:
    """Fill in the rates from the base rates or the other way round; what disagrees."""
    given: dict[str, Decimal | None] = {
        name: getattr(price, name) for name in BASE_RATES if name in row
    }
    if is_empty(row.get("rates")):
        is_discount = price.discount_percent is not None
        price.rates = {} if is_discount else flat_rates(given)
    errors = {}
    for name, key in BASE_RATES.items():
        rate = base_rate(price.rates, key)
        if given.get(name) is not None and given[name] != rate:
            errors[name] = f"{given[name]} is not what rates says ({rate})."
        setattr(price, name, rate)
    return errors
