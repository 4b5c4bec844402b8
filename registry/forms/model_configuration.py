"""The configuration drawer of a model."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from registry.forms.parameters import ParametersFormMixin, parameters_initial
from registry.models import AIModel
from registry.services.model_settings import MAX_FALLBACKS, Configuration

FALLBACKS: Final = tuple(f"fallback_{n}" for n in range(1, MAX_FALLBACKS + 1))


class ModelConfigurationForm(ParametersFormMixin):
    """`choices` are the models that may be fallbacks. `configuration` holds the
    result after validation."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    fallback_1 = forms.ChoiceField(required=False, label="First fallback")
    fallback_2 = forms.ChoiceField(required=False, label="Second fallback")
    fallback_3 = forms.ChoiceField(required=False, label="Third fallback")
    fallback_4 = forms.ChoiceField(required=False, label="Fourth fallback")
    use_batch_price = forms.BooleanField(
        required=False, label="Estimate with the batch price where there is one"
    )
    monthly_limit_usd = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        label="Monthly limit",
    )
    notes = forms.CharField(
        required=False,
        max_length=4000,
        label="Notes",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, ai_model: AIModel, choices: Sequence[AIModel], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.max_output_tokens = ai_model.max_output_tokens
        if ai_model.max_output_tokens:
            limit = f"This model writes at most {ai_model.max_output_tokens:,}."
            self.fields["max_tokens"].help_text = limit
        self.by_pk = {str(one.pk): one for one in choices}
        options = [("", "None"), *((pk, m.reference) for pk, m in self.by_pk.items())]
        for name in FALLBACKS:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for mypy
            field.choices = options

    @property
    def configuration(self) -> Configuration:
        cleaned = self.cleaned_data
        return Configuration(
            parameters=self.parameters,
            fallbacks=[self.by_pk[pk] for pk in self._fallback_pks()],
            use_batch_price=cleaned["use_batch_price"],
            monthly_limit_usd=cleaned["monthly_limit_usd"],
            notes=cleaned["notes"].replace("\r\n", "\n"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seen: set[str] = set()
        for name in FALLBACKS:
            pk = cleaned.get(name)
            if pk and pk in seen:
                self.add_error(name, "This model stands higher in the order already.")
            seen.add(pk or "")
        return cleaned

    def _fallback_pks(self) -> list[str]:
        return [pk for name in FALLBACKS if (pk := self.cleaned_data[name])]


def configuration_initial(configuration: Configuration, version: int) -> dict[str, Any]:
    """A stored configuration as start values of the form."""
    fallbacks = {
        name: str(one.pk)
        for name, one in zip(FALLBACKS, configuration.fallbacks, strict=False)
    }
    return {
        **parameters_initial(configuration.parameters),
        **fallbacks,
        "use_batch_price": configuration.use_batch_price,
        "monthly_limit_usd": configuration.monthly_limit_usd,
        "notes": configuration.notes,
        "version": version,
    }
