"""Forms of the profiles pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms

from registry.capabilities import CAPABILITY_CHOICES
from registry.lined.document import Unreadable
from registry.profiles.document import LATENCY_CLASSES, NEEDS, Preference
from registry.profiles.files import LONGEST, ProfileFile, read_profile
from registry.profiles.strengths import SCALES, SUFFIX

SPARE_ROWS: Final = 3
"""Empty places for further models, so that the form works without JavaScript."""
ALLOWS: Final = [("", "As the more general says"), ("yes", "Yes"), ("no", "No")]
AMOUNTS: Final = ("min_context_tokens", "max_memory_gb")


class ProfileForm(forms.Form):
    """Name and description of a profile, and what it begins with."""

    name = forms.CharField(max_length=LONGEST["name"])
    slug = forms.CharField(
        required=False,
        max_length=LONGEST["slug"],
        label="Short name",
        help_text="For tokens and the header x-modelhub-profile. Left empty, it is "
        "made from the name.",
    )
    description = forms.CharField(
        required=False,
        max_length=LONGEST["description"],
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    draft = forms.ChoiceField(
        required=False,
        label="Begin with",
        choices=[
            ("", "Nothing"),
            ("assigned", "What is assigned to features now"),
            ("local", "Local models first"),
        ],
    )


class ProfileTextForm(forms.Form):
    """A whole profile as YAML or JSON. `file` is what it says."""

    text = forms.CharField(
        label="YAML or JSON",
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false"}),
        strip=False,
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    file: ProfileFile

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            self.file = read_profile(text.encode())
        except Unreadable as error:
            raise forms.ValidationError([str(one) for one in error.problems]) from error
        return text


class ProfileImportForm(forms.Form):
    file = forms.FileField(label="JSON or YAML file", max_length=200)


class AddPreferenceForm(forms.Form):
    """Which role or task is to be spoken of."""

    part = forms.ChoiceField(choices=[("roles", "Role"), ("tasks", "Task")])
    key = forms.CharField(max_length=80)


class PreferenceForm(forms.Form):
    """What is preferred for one role or task."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    allow_cloud = forms.ChoiceField(
        required=False, choices=ALLOWS, label="Models in the cloud"
    )
    task = forms.CharField(
        required=False,
        max_length=80,
        help_text="As in coding; left empty, words in the feature's key say it.",
    )
    min_context_tokens = forms.IntegerField(
        required=False, min_value=1, label="Context, at least (tokens)"
    )
    max_memory_gb = forms.FloatField(
        required=False, min_value=0, label="Memory, at most (GB)"
    )
    latency_class = forms.ChoiceField(
        required=False,
        label="Latency class",
        choices=[("", "Any"), *((one, one.capitalize()) for one in LATENCY_CLASSES)],
    )
    capabilities = forms.MultipleChoiceField(
        required=False,
        choices=CAPABILITY_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        label="Must be able to",
    )
    known_only = forms.BooleanField(
        required=False, label="Pass over models whose strength is not known"
    )
    temperature = forms.FloatField(required=False, min_value=0, max_value=2)
    max_tokens = forms.IntegerField(
        required=False, min_value=1, label="Max output tokens"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SCALES:
            self.fields[f"{name}{SUFFIX}"] = forms.FloatField(
                required=False,
                min_value=0,
                max_value=1,
                label=f"{name.capitalize()}, at least",
                widget=forms.NumberInput(attrs={"step": "0.05"}),
            )

    @property
    def strengths(self) -> list[forms.BoundField]:
        return [self[f"{name}{SUFFIX}"] for name in SCALES]

    def preference(self, before: Preference) -> dict[str, Any]:
        """The stored form of what the cleaned form says. What the form does not show
        stays as it was."""
        facts = self.cleaned_data
        requirements = {
            f"{name}{SUFFIX}": facts[f"{name}{SUFFIX}"] for name in SCALES
        } | {name: facts[name] for name in AMOUNTS}
        requirements["latency_class"] = facts["latency_class"] or None
        requirements["capabilities"] = facts["capabilities"] or None
        requirements["known_only"] = facts["known_only"] or None
        parameters = dict(before.parameters) | {
            name: facts[name] for name in ("temperature", "max_tokens")
        }
        return {
            "models": _written(self.data, "model"),
            "cloud_fallbacks": _written(self.data, "cloud_fallback"),
            "allow_cloud": {"yes": True, "no": False}.get(facts["allow_cloud"]),
            "task": facts["task"].strip(),
            "requirements": _set(requirements),
            "parameters": _set(parameters),
        }


def preference_initial(one: Preference) -> dict[str, Any]:
    """A preference as the form shows it."""
    allow = {True: "yes", False: "no", None: ""}[one.allow_cloud]
    needed = [
        word
        for name, words in NEEDS.items()
        if one.requirements.get(name)
        for word in words
    ]
    capabilities = [*(one.requirements.get("capabilities") or ()), *needed]
    return {
        **one.requirements,
        **one.parameters,
        "capabilities": list(dict.fromkeys(capabilities)),
        "allow_cloud": allow,
        "task": one.task,
    }


def model_rows(references: Iterable[str] | None) -> list[str]:
    """The models of a preference, and empty places after them."""
    return [*(references or ()), *[""] * SPARE_ROWS]


def _written(data: Any, name: str) -> list[str] | None:
    """The models that were written, in order; None where there are none."""
    values = data.getlist(name)
    return [one.strip() for one in values if one.strip()] or None


def _set(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
