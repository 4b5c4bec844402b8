"""Forms that change which model a feature uses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from registry.forms.parameters import ParametersFormMixin
from registry.models import AIModel, Organization, PromptVersion
from registry.queries.prompt_choices import PromptChoice, prompt_choices
from registry.queries.prompts import PromptNotFound, find_version
from registry.services.assignments import MAX_FALLBACKS, NOTE_LENGTH

NOT_HERE = "This model is not in the catalog."
# Not "remove": a control of that name would hide the form element's own method.
STEPS = ("up", "down", "take_out", "add", "use", "enable")
MAX_ID = 2**63 - 1


class ModelPicker(forms.Field):
    """One model by primary key, of those that `organization` can see."""

    organization: Organization

    def __init__(self) -> None:
        super().__init__(error_messages={"required": "Choose a model."})

    def clean(self, value: Any) -> AIModel:
        self.validate(value)
        key = as_key(str(value))
        found = visible_models(self.organization).filter(pk=key).first()
        if found is None:
            raise ValidationError(NOT_HERE)
        return found


class PromptPicker(forms.Field):
    """A version of a prompt by its words, `CODE_GENERATOR@production`; a label means
    the version that it is on when the form is saved."""

    organization: Organization

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> PromptVersion | None:
        words = str(value or "").strip()
        if not words:
            return None
        try:
            return find_version(self.organization, words)
        except PromptNotFound as error:
            raise ValidationError(str(error)) from error


class RevisionForm(forms.Form):
    """The revision that the person saw, and why they change it."""

    expected_revision = forms.IntegerField(
        min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput
    )
    note = forms.CharField(required=False, max_length=NOTE_LENGTH)


class SwitchForm(forms.Form):
    """The model to switch to; the revision seen is asked for when it is done."""

    model = ModelPicker()
    expected_revision = forms.IntegerField(
        required=False, min_value=0, max_value=2_000_000_000
    )
    view = forms.ChoiceField(
        required=False, choices=[("table", "Table"), ("cards", "Cards")]
    )

    def __init__(self, organization: Organization, data: Any) -> None:
        super().__init__(data)
        self.fields["model"].organization = organization  # type: ignore[attr-defined]


class AssignmentForm(ParametersFormMixin, RevisionForm):
    """The whole assignment: model, ordered fallbacks, parameters, note."""

    model = ModelPicker()
    fallbacks = forms.CharField(required=False)
    prompt = PromptPicker()

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.fields["model"].organization = organization  # type: ignore[attr-defined]
        self.fields["prompt"].organization = organization  # type: ignore[attr-defined]

    @property
    def prompt_choices(self) -> list[PromptChoice]:
        """What may be chosen, and what is chosen already."""
        return prompt_choices(self.organization, str(self["prompt"].value() or ""))

    def clean_model(self) -> AIModel:
        ai_model: AIModel = self.cleaned_data["model"]
        self.max_output_tokens = ai_model.max_output_tokens
        return ai_model

    def clean_fallbacks(self) -> list[AIModel]:
        """The models in the order in which the browser sent them."""
        keys = posted_keys(self.data, "fallbacks")
        found = visible_models(self.organization).in_bulk(set(keys) - {0})
        if any(key not in found for key in keys):
            raise ValidationError(NOT_HERE)
        return [found[key] for key in keys]


class StepForm(forms.Form):
    """Which button of the draft was pressed: each carries the model it is about."""

    def pressed(self) -> tuple[str, int] | None:
        for step in STEPS:
            # The select of fallbacks is always sent, empty while nothing is chosen.
            keys = [key for key in posted_keys(self.data, step) if key]
            if keys:
                return step, keys[0]
        return None


class CandidateSearchForm(forms.Form):
    find = forms.CharField(required=False, max_length=100, label="Find a model")
    history = forms.ChoiceField(required=False, choices=[("all", "All of it")])


def visible_models(organization: Organization) -> QuerySet[AIModel]:
    return AIModel.objects.visible_to(organization).select_related("provider")


def posted_keys(data: Any, name: str) -> list[int]:
    """Primary keys sent under `name`, in order, 0 for what is none. One more than
    allowed is kept, so that the service can refuse the excess."""
    values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
    return [as_key(str(one)) for one in values[: MAX_FALLBACKS + 1]]


def as_key(text: str) -> int:
    """A primary key, or 0 (which no row has) for anything else."""
    is_number = text.isascii() and text.isdecimal() and len(text) < len(str(MAX_ID))
    return int(text) if is_number else 0
