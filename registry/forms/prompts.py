"""Forms of the prompt pages."""

from typing import Any

from django import forms

from registry.prompts.naming import LARGEST_NUMBER, PRODUCTION
from registry.prompts.template import MAX_VARIABLES, Variable
from registry.services.prompt_labels import LABEL_LENGTH
from registry.services.prompts import DESCRIPTION_LENGTH, NOTE_LENGTH

ALL = "*"


class PromptListForm(forms.Form):
    """State of the list, all of it in the address."""

    q = forms.CharField(required=False, max_length=100, label="Filter prompts")
    state = forms.ChoiceField(
        required=False, choices=[("active", "In use"), ("archived", "Archived")]
    )


class ShownForm(forms.Form):
    """Which versions the page of a prompt shows: one in full, two side by side."""

    version = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER)
    old = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER)
    new = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER)
    all = forms.BooleanField(required=False)


class TextForm(forms.Form):
    """What a prompt says. Its variables come beside it: `declared_variables`."""

    text = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
    )
    note = forms.CharField(
        required=False, max_length=NOTE_LENGTH, help_text="Why? It stands beside it."
    )

    def clean_text(self) -> str:
        # Browsers send line ends of their own.
        text: str = self.cleaned_data["text"]
        return text.replace("\r\n", "\n")


class NewPromptForm(TextForm):
    name = forms.CharField(
        max_length=80,
        help_text="What programs call, as in CODE_GENERATOR. It cannot change later.",
    )
    description = forms.CharField(
        required=False,
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    label = forms.CharField(
        required=False,
        initial=PRODUCTION,
        max_length=LABEL_LENGTH,
        label="Label of the first version",
        help_text="Empty: none yet.",
    )


class VersionForm(TextForm):
    expected_number = forms.IntegerField(
        min_value=0, max_value=LARGEST_NUMBER, widget=forms.HiddenInput
    )


class DescriptionForm(forms.Form):
    description = forms.CharField(
        required=False,
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LabelForm(forms.Form):
    """Which label goes where; `expected_moves` is what the person saw."""

    label = forms.CharField(max_length=LABEL_LENGTH)
    number = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_NUMBER)
    expected_moves = forms.IntegerField(
        required=False, min_value=0, max_value=LARGEST_NUMBER
    )


def declared_variables(data: Any) -> list[Variable]:
    """The rows of the form, in their order, after its buttons: `declare` adds what the
    button names, `drop` takes a row away. A row has its name in its fields' names."""
    names = [one.strip() for one in data.getlist("variable")[: MAX_VARIABLES + 1]]
    rows = [_variable(data, name) for name in dict.fromkeys(names) if name]
    dropped = data.get("drop", "")
    return [one for one in rows if one.name != dropped]


def wished_variables(data: Any, used: tuple[str, ...]) -> list[Variable]:
    """`declared_variables` with those that a button declares; `used` stand in the
    text."""
    rows = declared_variables(data)
    wish = data.get("declare", "")
    wished = used if wish == ALL else (wish.strip(),)
    known = {one.name for one in rows}
    return [*rows, *(Variable(name) for name in wished if name and name not in known)]


def given_values(data: Any, variables: tuple[Variable, ...]) -> dict[str, str]:
    """Values typed for a trial. An empty field gives none, so that a default holds."""
    typed = {one.name: data.get(f"value:{one.name}", "") for one in variables}
    return {name: value.replace("\r\n", "\n") for name, value in typed.items() if value}


def _variable(data: Any, name: str) -> Variable:
    description = data.get(f"description:{name}", "").strip()
    if data.get(f"kind:{name}") != "optional":
        return Variable(name, description)
    default = data.get(f"default:{name}", "").replace("\r\n", "\n")
    return Variable(name, description, default)
