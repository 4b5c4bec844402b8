"""Prices: looked at as history, added by hand, never changed or deleted."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from registry.admin.audited import AuditedAdmin
from registry.admin.transfer import TransferAdmin
from registry.models import AIModel, Price, User
from registry.rates import BASE_RATES
from registry.services.stated_prices import NewPrice, add_price, flat_rates
from registry.templatetags.display import usd
from registry.transfer.resources.prices import PriceResource

RATE_COLUMNS = tuple(BASE_RATES)


class AddPriceForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """One flat rate a kind. Saving goes through the service that ends the price in
    force; its refusals stand beside the fields."""

    per_image_usd = forms.DecimalField(
        label="Image made, USD",
        required=False,
        min_value=Decimal(0),
        max_digits=20,
        decimal_places=10,
        widget=UnfoldAdminDecimalFieldWidget,
    )

    class Meta:
        model = Price
        fields = ("ai_model", "effective_from", *RATE_COLUMNS, "note")
        labels = {  # noqa: RUF012  # Django reads it
            "ai_model": "Model",
            "input_usd_per_million": "Input, USD per 1M",
            "output_usd_per_million": "Output, USD per 1M",
            "cache_read_usd_per_million": "Cached input, USD per 1M",
            "cache_write_usd_per_million": "Cache write, USD per 1M",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start = self.fields.get("effective_from")
        if start is not None and not self.instance.pk:
            start.help_text = "UTC. Empty: from now on; for a first price since ever."

    def clean(self) -> dict[str, Any]:
        """Tries the price out on the database, so that a refusal is a form error."""
        values = super().clean() or {}
        rates = {column: values.get(column) for column in RATE_COLUMNS}
        image = values.get("per_image_usd")
        if not any(rate is not None for rate in (*rates.values(), image)):
            raise ValidationError(
                "State at least one rate. Leave a rate empty where it is not known."
            )
        for column, rate in rates.items():
            if rate is not None and rate < 0:
                self.add_error(column, "A rate is not negative.")
        self.refuse_early_start(values)
        self.instance.rates = flat_rates(rates, image)
        return values

    def refuse_early_start(self, values: dict[str, Any]) -> None:
        current = self.open_price(values.get("ai_model") or self.instance.ai_model)
        if current is None:
            return
        start = values.get("effective_from") or timezone.now()
        values["effective_from"] = start
        if current.effective_from and start <= current.effective_from:
            begun = f"{current.effective_from:%Y-%m-%d %H:%M}"
            self.add_error(
                "effective_from", f"The price in force began {begun}; start later."
            )

    def open_price(self, ai_model: AIModel | None) -> Price | None:
        return Price.objects.filter(
            ai_model=ai_model, organization=None, effective_to=None
        ).first()

    def as_new_price(self, ai_model: AIModel) -> NewPrice:
        return NewPrice(
            ai_model=ai_model,
            rates=self.instance.rates,
            effective_from=self.cleaned_data.get("effective_from"),
            read_on=timezone.now().date(),
            note=self.cleaned_data.get("note", ""),
        )


class AppendOnly:
    """Adding is allowed, changing and deleting are not."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PriceInline(AppendOnly, TabularInline):
    model = Price
    form = AddPriceForm
    fields = ("effective_from", "effective_to", *RATE_COLUMNS, "per_image_usd", "note")
    extra = 0
    max_num = 1000
    verbose_name_plural = "prices (USD per million tokens)"
    ordering = ("-effective_from", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        rows: QuerySet[Price] = super().get_queryset(request)
        return rows.filter(organization=None)


@admin.register(Price)
class PriceAdmin(AppendOnly, TransferAdmin, AuditedAdmin):
    resource_classes = (PriceResource,)
    noun = "price"
    form = AddPriceForm
    list_display = (
        "model_reference",
        "organization",
        "input_price",
        "output_price",
        "effective_from",
        "effective_to",
        "source",
    )
    list_filter = ("source", "ai_model__provider", "organization")
    search_fields = ("ai_model__search_text",)
    list_select_related = ("ai_model__provider", "organization")
    autocomplete_fields = ("ai_model",)
    date_hierarchy = "effective_from"

    def get_fields(self, request: HttpRequest, obj: Price | None = None) -> list[str]:
        if obj is None:
            return [*AddPriceForm.Meta.fields[:-1], "per_image_usd", "note"]
        return [
            field.name for field in Price._meta.concrete_fields if field.name != "id"
        ]

    @admin.display(description="Model", ordering="ai_model")
    def model_reference(self, price: Price) -> str:
        return price.ai_model.reference

    @admin.display(description="Input / 1M", ordering="input_usd_per_million")
    def input_price(self, price: Price) -> str:
        return usd(price.input_usd_per_million)

    @admin.display(description="Output / 1M", ordering="output_usd_per_million")
    def output_price(self, price: Price) -> str:
        return usd(price.output_usd_per_million)

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        """The service adds the row and its audit entry."""
        new = form.as_new_price(obj.ai_model)
        obj.pk = save_new_price(new, request).pk


def save_new_price(new: NewPrice, request: HttpRequest) -> Price:
    actor = request.user
    return add_price(new=new, actor=actor if isinstance(actor, User) else None)
