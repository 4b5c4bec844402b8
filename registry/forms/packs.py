"""Forms of the packs pages."""

from collections.abc import Sequence
from typing import Any, Literal

from django import forms

from registry.packs.document import (
    DESCRIPTION_LENGTH,
    NAME_LENGTH,
    NOTE_LENGTH,
    RESERVED_SLUGS,
    SLUG_LENGTH,
    slug_from,
)

MAX_NUMBER = 2**31 - 1


class PackListForm(forms.Form):
    """State of the packs page, all of it in the address."""

    q = forms.CharField(required=False, max_length=100)
    state = forms.ChoiceField(required=False, choices=[("archived", "Archived")])

    def value(self, name: str) -> str:
        """The cleaned value, or an empty text where it is wrong."""
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        return cleaned.get(name) or ""


class VersionForm(forms.Form):
    version = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)

    def number(self) -> int | None:
        """The version asked for; None for the newest, also where it is no number."""
        return self.cleaned_data.get("version") if self.is_valid() else None


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        required=False, choices=[("yaml", "YAML"), ("json", "JSON")]
    )

    def kind(self) -> Literal["yaml", "json"]:
        is_json = self.is_valid() and self.cleaned_data["format"] == "json"
        return "json" if is_json else "yaml"


class CompareForm(forms.Form):
    before = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)
    after = forms.IntegerField(required=False, min_value=1, max_value=MAX_NUMBER)

    def chosen(self, numbers: Sequence[int]) -> tuple[int, int]:
        """Two of `numbers`, which come newest first; 0 where there is no pair."""
        if len(numbers) < 2:
            return 0, 0
        cleaned = self.cleaned_data if self.is_valid() else {}
        wanted: dict[str, int | None] = {"before": None, "after": None, **cleaned}
        before, after = wanted["before"], wanted["after"]
        return (
            before if before and before in numbers else numbers[1],
            after if after and after in numbers else numbers[0],
        )


class PackHeadForm(forms.Form):
    """What a pack is called and says of itself, and why there is a new version."""

    name = forms.CharField(max_length=NAME_LENGTH)
    slug = forms.CharField(
        required=False,
        max_length=SLUG_LENGTH,
        help_text="Commands and files name the pack by it, and it cannot change. "
        "Left empty, it is made from the name.",
    )
    description = forms.CharField(
        required=False,
        max_length=DESCRIPTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    source_url = forms.CharField(
        required=False,
        max_length=400,
        label="Load from an address",
        help_text="A pack file (JSON or YAML) that is read on a schedule. Optional.",
    )
    note = forms.CharField(
        required=False, max_length=NOTE_LENGTH, help_text="Why? It stands in history."
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].strip()
        if slug in RESERVED_SLUGS:
            message = f"“{slug}” is a word of ModelHub's own. Choose another slug."
            raise forms.ValidationError(message)
        return slug

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("name") and "slug" in cleaned and not cleaned["slug"]:
            slug = slug_from(cleaned["name"])
            cleaned["slug"] = slug
            if not slug:
                self.add_error("slug", "No slug can be made from this name: write one.")
        return cleaned


class ForceForm(forms.Form):
    """Why something is done although it is refused, and what the person saw."""

    force_reason = forms.CharField(required=False, max_length=NOTE_LENGTH)
    expected = forms.CharField(required=False, max_length=200)

    def reason(self) -> str:
        return self.cleaned_data["force_reason"].strip() if self.is_valid() else ""

    def expected_state(self) -> str:
        """The state handed out with the page; empty where there was none."""
        return self.cleaned_data["expected"] if self.is_valid() else ""
