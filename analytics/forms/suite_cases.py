"""The forms of a case and of a file of cases. Scorers have a part of their own
(`analytics.forms.scorers`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from analytics.benchmarking.case_content import CaseContent
from analytics.benchmarking.csv_cases import DELIMITERS
from analytics.benchmarking.images import ImageRefused, check_size
from analytics.benchmarking.json_text import read_json
from analytics.benchmarking.suite_files import ENCODINGS, FORMATS, MOST_BYTES, Reading

TAB: Final = "tab"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class ImagesField(forms.FileField):
    """Several files; each is held against the limit before anybody reads it."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        for one in files:
            try:
                check_size(one.size or 0, one.name)
            except ImageRefused as error:
                raise forms.ValidationError(str(error)) from error
        return list(files)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class JsonField(forms.CharField):
    """JSON as text; None where it is empty."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return read_json(text)
        except ValueError as error:
            raise forms.ValidationError(f"This is no JSON: {error}.") from error


class CaseForm(forms.Form):
    prompt = forms.CharField(
        widget=_area(4), strip=False, help_text="What the model is asked."
    )
    images = ImagesField(
        required=False, help_text="PNG, JPEG, WebP or GIF, up to 8 MB each."
    )
    expected = forms.CharField(
        required=False,
        strip=False,
        widget=_area(2),
        label="Expected answer",
        help_text="What scorers compare with. Left empty, the case needs a rubric or "
        "scorers that need no answer.",
    )
    expected_is_json = forms.BooleanField(
        required=False, label="The expected answer is JSON"
    )
    rubric = forms.CharField(
        required=False, widget=_area(2), help_text="What a judge looks for."
    )
    tags = forms.CharField(
        required=False, max_length=600, help_text="Parted by commas: refunds, short"
    )
    weight = forms.FloatField(
        initial=1, widget=forms.NumberInput(attrs={"step": "any"})
    )
    system = forms.CharField(
        required=False,
        strip=False,
        widget=_area(2),
        label="System prompt",
        help_text="In place of the suite's.",
    )
    earlier = JsonField(
        required=False,
        widget=_area(3),
        label="Messages before the prompt, JSON",
        help_text='[{"role": "user", "content": "…"}, {"role": "assistant", …}]',
    )
    schema = JsonField(
        required=False,
        widget=_area(3),
        label="JSON schema of the answer",
        help_text="Sent with the request where it is given.",
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        expected = said.get("expected", "")
        if said.get("expected_is_json") and expected.strip():
            try:
                said["expected"] = read_json(expected)
            except ValueError as error:
                self.add_error("expected", f"This is no JSON: {error}.")
        earlier = said.get("earlier") or []
        if not isinstance(earlier, list) or any(
            not isinstance(one, dict) for one in earlier
        ):
            self.add_error("earlier", "This is a list of objects.")
        return said

    def content(
        self, images: tuple[str, ...], scorers: Sequence[Mapping[str, Any]] = ()
    ) -> CaseContent:
        said = self.cleaned_data
        asked = {"role": "user", "content": said["prompt"].replace("\r\n", "\n")}
        expected = said["expected"]
        if isinstance(expected, str):
            expected = expected.replace("\r\n", "\n").strip() or None
        return CaseContent(
            messages=(*(said["earlier"] or []), asked),
            system=said["system"].replace("\r\n", "\n"),
            images=images,
            expected=expected,
            rubric=said["rubric"].replace("\r\n", "\n"),
            response_schema=said["schema"],
            scorers=tuple(scorers),
            tags=tuple(said["tags"].split(",")),
            weight=said["weight"],
        )

    def refuse(self, problems: dict[str, str]) -> None:
        places = {"messages": "prompt", "response_schema": "schema"}
        for name, said in problems.items():
            place = places.get(name, name)
            self.add_error(place if place in self.fields else None, said)


class NewCaseForm(CaseForm):
    key = forms.SlugField(
        required=False, max_length=80, help_text="Left empty, made of the prompt."
    )


def case_initial(content: CaseContent) -> dict[str, Any]:
    expected = content.expected
    is_text = expected is None or isinstance(expected, str)
    return {
        "prompt": content.prompt,
        "expected": (expected or "") if is_text else _json(expected),
        "expected_is_json": not is_text,
        "rubric": content.rubric,
        "tags": ", ".join(content.tags),
        "weight": f"{content.weight:g}",
        "system": content.system,
        "earlier": _json([dict(one) for one in content.messages[:-1]]),
        "schema": _json(content.response_schema),
    }


class CaseListForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    tag = forms.CharField(required=False, max_length=60)
    page = forms.CharField(required=False, max_length=10)


class CaseFileForm(forms.Form):
    file = forms.FileField(
        help_text=f"JSON lines, CSV or YAML, up to {MOST_BYTES // 1024**2} MB."
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            most, size = MOST_BYTES // 1024**2, file.size / 1024**2
            raise forms.ValidationError(
                f"The file is {size:.0f} MB large; at most {most} MB."
            )
        return file


class CaseReadingForm(forms.Form):
    format = forms.ChoiceField(
        required=False, choices=[("", "By the file"), *FORMATS.items()]
    )
    encoding = forms.ChoiceField(
        required=False, choices=[("", "Found out"), *ENCODINGS.items()]
    )
    delimiter = forms.ChoiceField(
        required=False,
        label="Columns parted by",
        choices=[
            ("", "Found out"),
            *(
                (TAB if sign == "\t" else sign, word)
                for sign, word in DELIMITERS.items()
            ),
        ],
    )

    @property
    def reading(self) -> Reading:
        said = self.cleaned_data
        sign = "\t" if said["delimiter"] == TAB else said["delimiter"]
        return Reading(said["format"], said["encoding"], sign)


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) if value else ""
