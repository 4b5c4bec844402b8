"""What a person types to try a model."""

from __future__ import annotations

from typing import Any

from django import forms

from modelhub.gateway.trials.asking import Trial
from registry.models import Feature, Organization, Prompt
from registry.prompts.naming import PromptReference
from registry.prompts.template import Template, TemplateError
from registry.providers.errors import InvalidRequestError
from registry.providers.request import ModelRequest
from registry.queries.prompts import PromptNotFound, declared, version_of

VALUE = "value:"
LONGEST = 100_000
SAY_SOMETHING = {"required": "Write a message."}


class TrialForm(forms.Form):
    """Of a model, of a feature, or of a version of a prompt on a model."""

    message = forms.CharField(
        max_length=LONGEST, widget=forms.Textarea, error_messages=SAY_SOMETHING
    )
    model = forms.CharField(max_length=300, required=False)
    feature = forms.CharField(max_length=80, required=False)
    prompt = forms.CharField(max_length=80, required=False)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)

    def __init__(self, organization: Organization, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organization = organization

    @property
    def values(self) -> dict[str, str]:
        """What was typed for variables."""
        return {
            name.removeprefix(VALUE): str(text)
            for name, text in self.data.items()
            if name.startswith(VALUE) and text != ""
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if bool(cleaned["model"]) == bool(cleaned["feature"]):
            raise forms.ValidationError("Choose a model.")
        if cleaned["feature"] and not self._has_feature(cleaned["feature"]):
            raise forms.ValidationError("There is no such feature.")
        try:
            cleaned["request"] = ModelRequest(
                prompt=cleaned["message"], system=self._system(cleaned)
            )
        except (InvalidRequestError, TemplateError, PromptNotFound) as error:
            raise forms.ValidationError(str(error)) from error
        return cleaned

    def trial(self) -> Trial:
        """Of a valid form."""
        cleaned = self.cleaned_data
        feature = cleaned["feature"]
        return Trial(
            organization=self.organization.slug,
            selection=f"feature:{feature}" if feature else cleaned["model"],
            request=cleaned["request"],
            variables=self.values if feature else {},
        )

    def _has_feature(self, key: str) -> bool:
        return Feature.objects.filter(organization=self.organization, key=key).exists()

    def _system(self, cleaned: dict[str, Any]) -> str:
        """The text of the prompt that is tried, with its values."""
        name = cleaned["prompt"]
        if not name:
            return ""
        prompt = Prompt.objects.filter(
            organization=self.organization, name=name
        ).first()
        if prompt is None or not cleaned["version"]:
            raise PromptNotFound("There is no such prompt.")
        found = version_of(prompt, PromptReference(name, "", cleaned["version"]))
        template = Template.of(found.text, declared(found))
        return template.render(self.values, name)
