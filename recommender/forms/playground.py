"""What a person types in the playground."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django import forms
from django.http import QueryDict
from jsonschema import Draft202012Validator, SchemaError

from analytics.benchmarking.images import ImageRefused
from recommender.models import PlaygroundImage, PlaygroundRun
from recommender.playground_request import (
    LONGEST,
    MOST_IMAGES,
    MOST_MODELS,
    MOST_TURNS,
    Attached,
    Inputs,
    request_of,
    variable_names,
)
from recommender.queries.candidates import Chosen, named_models
from recommender.services.playground_answers import attached_images
from recommender.services.playground_images import keep_image
from registry.models import AIModel, Feature, Organization, PromptVersion, User
from registry.parameters import RANGES, ParameterError, clean_parameters
from registry.prompts.naming import PromptReference
from registry.prompts.template import TemplateError
from registry.providers.errors import InvalidRequestError
from registry.providers.request import REASONING_EFFORTS
from registry.queries.prompts import PromptNotFound, find_version

VALUE: Final = "value:"
ROLES: Final = ("user", "assistant")
LONGEST_SCHEMA: Final = 100_000
EFFORTS: Final = [("", "Default"), *((one, one) for one in REASONING_EFFORTS)]


@dataclass(frozen=True, kw_only=True)
class Lists:
    """What a form has several of."""

    references: tuple[str, ...] = ()
    turns: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    digests: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: QueryDict) -> Lists:
        turns = zip(data.getlist("turn_role"), data.getlist("turn_text"), strict=False)
        return cls(
            references=tuple(dict.fromkeys(one for one in data.getlist("m") if one)),
            turns=tuple((role, text) for role, text in turns if text.strip()),
            values={
                name.removeprefix(VALUE): str(data[name])
                for name in data
                if name.startswith(VALUE)
            },
            digests=tuple(dict.fromkeys(data.getlist("image"))),
        )


class PlaygroundForm(forms.Form):
    system = forms.CharField(required=False, max_length=LONGEST, strip=False)
    message = forms.CharField(required=False, max_length=LONGEST, strip=False)
    feature = forms.CharField(required=False, max_length=80)
    prompt = forms.CharField(required=False, max_length=120)
    temperature = forms.FloatField(required=False)
    top_p = forms.FloatField(required=False)
    frequency_penalty = forms.FloatField(required=False)
    presence_penalty = forms.FloatField(required=False)
    max_tokens = forms.IntegerField(required=False, min_value=1)
    seed = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    stop = forms.CharField(required=False, max_length=1_000, strip=False)
    reasoning_effort = forms.ChoiceField(required=False, choices=EFFORTS)
    schema = forms.CharField(required=False, max_length=LONGEST_SCHEMA)
    blind = forms.BooleanField(required=False)
    parent = forms.UUIDField(required=False)

    def __init__(
        self, organization: Organization, person: User, *args: Any, **kwargs: Any
    ) -> None:
        self.given: Lists = kwargs.pop("lists", None) or Lists()
        super().__init__(*args, **kwargs)
        self.organization = organization
        self.person = person

    @cached_property
    def lists(self) -> Lists:
        return Lists.of(self.data) if self.is_bound else self.given  # type: ignore[arg-type]  # a QueryDict

    @cached_property
    def parent_run(self) -> PlaygroundRun | None:
        """The run it goes on from, which must be the person's own."""
        asked = self.cleaned_data.get("parent") if self.is_bound else None
        return (
            PlaygroundRun.objects.filter(
                pk=asked, organization=self.organization, created_by=self.person
            ).first()
            if asked
            else None
        )

    @cached_property
    def chosen(self) -> Chosen:
        """The models; those of a run whose names are hidden are not in the page."""
        references = list(self.lists.references)
        if self.parent_run is not None and "of_parent" in self.data:
            hidden = self.parent_run.answers.values_list("reference", flat=True)
            references = [*hidden, *references]
        return named_models(self.organization, references)

    @cached_property
    def images(self) -> list[Attached]:
        return attached_images(self.organization, self.lists.digests)

    @property
    def image_rows(self) -> list[PlaygroundImage]:
        digests = self.lists.digests
        rows = PlaygroundImage.objects.filter(
            organization=self.organization, digest__in=digests
        ).defer("data")
        return sorted(rows, key=lambda one: digests.index(one.digest))

    @property
    def typed(self) -> Inputs:
        """As far as it can be read, for variables and an estimate."""
        turns = [{"role": role, "content": text} for role, text in self.lists.turns]
        last = {"role": "user", "content": str(self["message"].value() or "")}
        return Inputs(
            system=str(self["system"].value() or ""),
            messages=[*turns, last],
            variables=self.lists.values,
        )

    @property
    def variable_rows(self) -> list[tuple[str, str]]:
        values = self.lists.values
        return [(one, values.get(one, "")) for one in variable_names(self.typed)]

    def keep_uploads(self) -> None:
        """Keep each picture that is one, whatever else is wrong; call before
        `is_valid`. What is no picture becomes an error of the form."""
        digests, self.upload_errors = list(self.lists.digests), []
        for upload in self.files.getlist("uploads"):
            if len(digests) >= MOST_IMAGES:
                self.upload_errors.append(f"At most {MOST_IMAGES} pictures.")
                break
            try:
                image = keep_image(organization=self.organization, upload=upload)
            except ImageRefused as error:
                self.upload_errors.append(str(error))
            else:
                digests.append(image.digest)
        self.lists = Lists(
            references=self.lists.references,
            turns=self.lists.turns,
            values=self.lists.values,
            digests=tuple(dict.fromkeys(digests)),
        )

    def clean_schema(self) -> dict[str, Any] | None:
        text = self.cleaned_data["schema"]
        if not text.strip():
            return None
        try:
            found = json.loads(text)
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                f"This is no JSON: {error.msg} in line {error.lineno}."
            ) from error
        except RecursionError as error:
            raise forms.ValidationError("This is nested too deeply.") from error
        if not isinstance(found, dict):
            raise forms.ValidationError("A schema is a JSON object.")
        try:
            Draft202012Validator.check_schema(found)
        except (SchemaError, RecursionError) as error:
            said = getattr(error, "message", "it is nested too deeply")
            raise forms.ValidationError(f"This is no JSON Schema: {said}") from error
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for problem in getattr(self, "upload_errors", []):
            self.add_error(None, problem)
        self._check_models()
        self._check_turns()
        cleaned["origin_feature"] = self._feature(cleaned.get("feature", ""))
        cleaned["prompt_version"] = self._version(cleaned.get("prompt", ""))
        cleaned["parameters"] = self._parameters(cleaned)
        if not str(cleaned.get("message", "")).strip() and not self.lists.digests:
            self.add_error("message", "Write a message.")
        if not self.errors:
            self._check_request()
        return cleaned

    @property
    def inputs(self) -> Inputs:
        """Of a valid form."""
        typed = self.typed
        names = set(variable_names(typed))
        return Inputs(
            system=typed.system,
            messages=typed.messages,
            variables={k: v for k, v in typed.variables.items() if k in names},
            parameters=self.cleaned_data["parameters"],
            response_schema=self.cleaned_data["schema"],
        )

    @property
    def ai_models(self) -> list[AIModel]:
        return list(self.chosen.ai_models)

    def _check_models(self) -> None:
        if self.chosen.unknown:
            gone = ", ".join(one[:120] for one in self.chosen.unknown)
            self.add_error(None, f"Not in the catalogue any more: {gone}. Remove it.")
        elif not self.chosen.ai_models:
            self.add_error(None, "Add a model.")
        elif len(self.chosen.ai_models) > MOST_MODELS:
            self.add_error(None, f"At most {MOST_MODELS} models: remove one.")

    def _check_turns(self) -> None:
        turns = self.lists.turns
        texts = [*(text for _, text in turns), *self.lists.values.values()]
        if len(turns) > MOST_TURNS:
            self.add_error(None, f"At most {MOST_TURNS} earlier turns.")
        if any(role not in ROLES for role, _ in turns):
            self.add_error(None, "Earlier turns are of a person or of the model.")
        if any("\x00" in text or len(text) > LONGEST for text in texts):
            self.add_error(None, "A text is too long or holds a NUL character.")

    def _check_request(self) -> None:
        try:
            request_of(self.inputs, self.images)
        except (TemplateError, InvalidRequestError) as error:
            self.add_error(None, str(error).replace("The prompt needs", "Fill in"))

    def _feature(self, key: str) -> Feature | None:
        if not key:
            return None
        found = Feature.objects.filter(organization=self.organization, key=key).first()
        if found is None:
            self.add_error("feature", "There is no such feature any more.")
        return found

    def _version(self, words: str) -> PromptVersion | None:
        if not words:
            return None
        try:
            return find_version(self.organization, PromptReference.parse(words))
        except (PromptNotFound, ValueError):
            # It only says where the text came from; the text is here.
            return None

    def _parameters(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        asked = {name: cleaned.get(name) for name in (*RANGES, "max_tokens")}
        asked["stop"] = (cleaned.get("stop") or "").splitlines()
        try:
            found = clean_parameters(asked)
        except ParameterError as error:
            for name, said in error.errors.items():
                if name not in self.errors:
                    self.add_error(name, said)
            return {}
        extra = {name: cleaned.get(name) for name in ("seed", "reasoning_effort")}
        return found | {k: v for k, v in extra.items() if v not in (None, "")}
