"""Forms of the pack editor: where it starts, the row that is open, the steps."""

import re
from typing import Any, Final

from django import forms

from registry.forms.parameters import ParametersFormMixin
from registry.models.feature import FEATURE_KEY
from registry.packs.checking import MODEL
from registry.packs.document import (
    KEY_LENGTH,
    MAX_FALLBACKS,
    MODEL_LENGTH,
    NOTE_LENGTH,
    PackFeature,
    prompt_reference,
)

STARTS: Final = (
    ("scratch", "From scratch"),
    ("assigned", "From what is assigned now"),
    ("pack", "From another pack"),
)
STEPS: Final = ("open", "take_out", "use", "fall_back", "add", "fill", "close", "find")
WRITTEN: Final = "Write a model as provider/model-id, as in openai/gpt-5-mini."
PROMPT_WRITTEN: Final = "Write a prompt as NAME@label or NAME@7."


class StartForm(forms.Form):
    """Where a new pack begins."""

    start = forms.ChoiceField(choices=STARTS)
    pack = forms.CharField(required=False, max_length=60)
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class FileForm(forms.Form):
    """A pack as a file, or as text that is corrected in place."""

    file = forms.FileField(required=False, allow_empty_file=True)
    text = forms.CharField(required=False, strip=False)

    def content(self) -> tuple[bytes, str]:
        """What was sent and what the file is called; the corrected text wins unless
        a file was chosen again."""
        uploaded = self.files.get("file")
        if uploaded:
            return uploaded.read(), uploaded.name or ""
        return str(self.data.get("text", "")).encode(), ""


class RowForm(ParametersFormMixin):
    """What one feature gets."""

    key = forms.CharField(max_length=KEY_LENGTH, validators=[FEATURE_KEY])
    model = forms.CharField(
        required=False, max_length=MODEL_LENGTH, label="Model", strip=True
    )
    fallbacks = forms.CharField(
        required=False,
        max_length=(MODEL_LENGTH + 2) * MAX_FALLBACKS,
        label="Fallbacks",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One a line, tried in this order.",
    )
    prompt = forms.CharField(
        required=False,
        max_length=130,
        label="Prompt",
        help_text="NAME@label or NAME@7. Empty: the product's own.",
    )
    note = forms.CharField(required=False, max_length=NOTE_LENGTH, label="Note")

    def clean_model(self) -> str:
        model: str = self.cleaned_data["model"]
        if model and not MODEL.fullmatch(model):
            raise forms.ValidationError(WRITTEN)
        return model

    def clean_fallbacks(self) -> tuple[str, ...]:
        lines = re.split(r"[\n,]", self.cleaned_data["fallbacks"])
        words = [line.strip() for line in lines if line.strip()]
        wrong = next((word for word in words if not MODEL.fullmatch(word)), None)
        if wrong is not None:
            raise forms.ValidationError(f"“{wrong[:80]}”: {WRITTEN}")
        if len(words) > MAX_FALLBACKS:
            message = f"At most {MAX_FALLBACKS} fallbacks; these are {len(words)}."
            raise forms.ValidationError(message)
        twice = next((word for word in words if words.count(word) > 1), None)
        if twice is not None:
            raise forms.ValidationError(f"{twice} is listed twice.")
        return tuple(words)

    def clean_prompt(self) -> str:
        text: str = self.cleaned_data["prompt"]
        prompt = prompt_reference(text)
        if text and prompt is None:
            raise forms.ValidationError(PROMPT_WRITTEN)
        return str(prompt) if prompt else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("model") and cleaned["model"] in cleaned.get("fallbacks", ()):
            self.add_error("fallbacks", "The model cannot be its own fallback.")
        return cleaned

    def feature(self) -> PackFeature:
        """The row, after validation."""
        cleaned = self.cleaned_data
        return PackFeature(
            key=cleaned["key"],
            model=cleaned["model"],
            fallbacks=cleaned["fallbacks"],
            parameters=self.parameters,
            prompt=cleaned["prompt"],
            note=cleaned["note"],
        )


class StepsForm(forms.Form):
    """The button that was pressed, and what it is about."""

    def pressed(self) -> tuple[str, str] | None:
        for step in STEPS:
            if step in self.data:
                return step, str(self.data[step])[:MODEL_LENGTH].replace("\x00", "")
        return None
