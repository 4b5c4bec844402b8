"""How an uploaded usage file is to be read."""

from typing import Any, Final

from django import forms

from analytics.intake.formats import DELIMITERS, FORMATS

LARGEST_MB: Final = 512
TAB: Final = "tab"


class UploadForm(forms.Form):
    file = forms.FileField(label="File", max_length=200)

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_MB * 2**20:
            raise forms.ValidationError(
                f"The file is larger than {LARGEST_MB} MB: gzip it, or use "
                "modelhub usage import."
            )
        return upload


class ReadingForm(forms.Form):
    format = forms.ChoiceField(
        label="Format",
        required=False,
        choices=[("", "As recognised"), *((one.key, one.title) for one in FORMATS)],
    )
    delimiter = forms.ChoiceField(
        label="Columns are told apart by",
        required=False,
        choices=[
            ("", "As recognised"),
            *(
                (TAB if one == "\t" else one, words.capitalize())
                for one, words in DELIMITERS.items()
            ),
        ],
    )
    encoding = forms.ChoiceField(
        label="Encoding",
        required=False,
        choices=[
            ("", "As recognised"),
            ("utf-8-sig", "UTF-8"),
            ("cp1252", "Windows-1252"),
            ("latin-1", "Latin-1"),
            ("utf-16", "UTF-16"),
        ],
    )
    mapping = forms.CharField(
        label="Columns",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="One a line: column=field, as in when=started_at.",
    )

    def clean_mapping(self) -> dict[str, str]:
        renamed = {}
        for line in self.cleaned_data["mapping"].splitlines():
            column, equals, name = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or not column or not name:
                raise forms.ValidationError(f"{line[:60]!r} is no column=field.")
            renamed[column] = name
        return renamed

    @property
    def facts(self) -> dict[str, Any]:
        """What `set_reading` takes."""
        data = self.cleaned_data
        return {
            "format": data["format"],
            "delimiter": "\t" if data["delimiter"] == TAB else data["delimiter"],
            "encoding": data["encoding"],
            "renamed": data["mapping"],
        }
