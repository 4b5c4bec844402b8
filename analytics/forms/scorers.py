"""The part of a form in which scorers are added, removed and set, made from what each
kind says of its fields. A view embeds it:

    part = ScorersPart.of(suite.scorers)              # to show
    part = ScorersPart.posted(request.POST)           # to read
    if part.is_changing: show the page again (a scorer was added, removed or changed)
    elif part.is_valid(): part.values is what the services take

and `{% include "analytics/_scorer_fields.html" with part=part %}` inside its `<form>`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.forms.boundfield import BoundField

from analytics.benchmarking.json_text import read_json
from analytics.benchmarking.scorers import (
    SCORER_KINDS,
    FieldType,
    ScorerError,
    ScorerField,
    read_scorer,
)
from analytics.benchmarking.scorers.fields import WEIGHT
from analytics.benchmarking.scorers.reading import MOST_SCORERS

# JSON as Python holds it.
Json = Any
PREFIX: Final = "scorers"
DO: Final = f"{PREFIX}-do"
COUNT: Final = f"{PREFIX}-count"
ADD, SHOW, REMOVE = "add", "show", "remove-"
FIRST_KIND: Final = "exact"


class ScorerForm(forms.Form):
    """One scorer: its kind, its weight and the fields of that kind, all as text."""

    def __init__(self, kind: str, **arguments: Any) -> None:
        super().__init__(use_required_attribute=False, **arguments)
        self.kind = kind if kind in SCORER_KINDS else FIRST_KIND
        self.meaning = SCORER_KINDS[self.kind].meaning
        self.fields["kind"] = forms.ChoiceField(
            label="Kind",
            initial=self.kind,
            choices=[(one.kind, one.label) for one in SCORER_KINDS.values()],
        )
        for one in self.described:
            self.fields[one.name] = form_field(one)

    @property
    def described(self) -> tuple[ScorerField, ...]:
        return (*SCORER_KINDS[self.kind].fields, WEIGHT)

    @property
    def settings(self) -> list[tuple[BoundField, str]]:
        """The fields with how each is shown."""
        return [(self[one.name], str(one.type)) for one in self.described]

    @property
    def chosen(self) -> str:
        """The kind for templates, where `form.kind` is the field."""
        return self.kind

    @property
    def is_of_another_kind(self) -> bool:
        """Whether its kind was changed without its fields having been shown since,
        as somebody without JavaScript does who saves at once."""
        shown = self.data.get(self.add_prefix("shown"), self.kind)
        return bool(shown != self.kind)

    @property
    def kind_field(self) -> BoundField:
        return self["kind"]

    def clean(self) -> dict[str, Any]:
        value: dict[str, Json] = {"kind": self.kind}
        for one in self.described:
            try:
                said = as_json(one, self.cleaned_data.get(one.name))
                one.read(said)
            except ScorerError as error:
                self.add_error(one.name, str(error))
                continue
            if said is not None and said != one.default:
                value[one.name] = said
        if not self.errors:
            self._check_whole(value)
        return {"value": value}

    def _check_whole(self, value: Mapping[str, Json]) -> None:
        try:
            read_scorer(value)
        except ScorerError as error:
            raise forms.ValidationError(list(error.complaints)) from error


class ScorersPart:
    """All scorers of a suite or a case, as `forms`."""

    def __init__(self, scorers: list[ScorerForm], *, is_changing: bool = False) -> None:
        self.forms = scorers
        self.is_changing = is_changing
        self.count_name = COUNT
        self.do_name = DO

    @classmethod
    def of(cls, values: Sequence[Mapping[str, Json]]) -> ScorersPart:
        return cls([shown_form(value, at) for at, value in enumerate(values)])

    @classmethod
    def posted(cls, data: Mapping[str, Any]) -> ScorersPart:
        """What was sent. While scorers are being changed nothing is complained of."""
        forms_ = [posted_form(data, at) for at in range(_count(data))]
        doing = str(data.get(DO, ""))
        if not doing and not any(one.is_of_another_kind for one in forms_):
            return cls(forms_)
        left = [
            as_shown(one) for at, one in enumerate(forms_) if doing != f"{REMOVE}{at}"
        ]
        if doing == ADD and len(left) < MOST_SCORERS:
            left.append({"kind": FIRST_KIND})
        part = cls.of(left)
        part.is_changing = True
        return part

    @property
    def can_add(self) -> bool:
        return len(self.forms) < MOST_SCORERS

    def is_valid(self) -> bool:
        # Each is asked, so that each shows what is wrong with it.
        return not sum(not one.is_valid() for one in self.forms)

    @property
    def wrong(self) -> int:
        """Fields that are wrong; 0 before anything was sent."""
        return sum(len(one.errors) for one in self.forms)

    @property
    def values(self) -> list[dict[str, Json]]:
        return [one.cleaned_data["value"] for one in self.forms]


def form_field(one: ScorerField) -> forms.Field:
    said: dict[str, Any] = {
        "label": one.label,
        "help_text": one.hint,
        "required": False,
        "initial": as_text(one, one.default),
    }
    if one.type == FieldType.TRUTH:
        return forms.BooleanField(**said)
    if one.type == FieldType.CHOICE:
        return forms.ChoiceField(choices=one.choices, **said)
    widget: forms.Widget = forms.TextInput()
    if one.type in (FieldType.LONG_TEXT, FieldType.TEXTS, FieldType.JSON):
        widget = forms.Textarea(attrs={"rows": 3})
    elif one.type in (FieldType.NUMBER, FieldType.WHOLE, FieldType.MONEY):
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.CharField(widget=widget, strip=one.type != FieldType.LONG_TEXT, **said)


def as_text(one: ScorerField, value: Json) -> Json:
    """A value as the form shows it."""
    if one.type == FieldType.TRUTH:
        return bool(value)
    if value is None:
        return ""
    if one.type == FieldType.TEXTS:
        return value if isinstance(value, str) else "\n".join(map(str, value))
    if one.type == FieldType.JSON:
        return json.dumps(value, ensure_ascii=False, indent=2)
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_json(one: ScorerField, said: Json) -> Json:
    """What the form sent as the JSON of a scorer; None: nothing. Raises ScorerError."""
    if one.type == FieldType.TRUTH:
        return bool(said)
    text = str(said or "")
    if not text.strip():
        return None
    if one.type == FieldType.TEXTS:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if one.type == FieldType.JSON:
        try:
            return read_json(text)
        except ValueError as error:
            raise ScorerError(f"“{one.label}” is not JSON: {error}.") from error
    if one.type in (FieldType.NUMBER, FieldType.WHOLE):
        return one.read(text)
    return text


def shown_form(value: Mapping[str, Json], at: int) -> ScorerForm:
    kind = str(value.get("kind", FIRST_KIND))
    form = ScorerForm(kind, prefix=f"{PREFIX}-{at}")
    for one in form.described:
        if one.name in value:
            shown = value[one.name]
            form.initial[one.name] = (
                shown if isinstance(shown, Typed) else as_text(one, shown)
            )
    return form


def posted_form(data: Mapping[str, Any], at: int) -> ScorerForm:
    prefix = f"{PREFIX}-{at}"
    return ScorerForm(str(data.get(f"{prefix}-kind", "")), data=data, prefix=prefix)


class Typed(str):
    """Text as somebody typed it, kept while the list of scorers changes."""

    __slots__ = ()


def as_shown(form: ScorerForm) -> dict[str, Json]:
    """What was typed, right or wrong: nothing is lost while scorers are changed. A kind
    chosen just now has not sent its truths, so they begin as they are by default."""
    value: dict[str, Json] = {"kind": form.kind}
    data = form.data
    for one in form.described:
        name = form.add_prefix(one.name)
        if one.type == FieldType.TRUTH:
            if data.get(form.add_prefix("shown")) == form.kind:
                value[one.name] = name in data
        elif name in data:
            value[one.name] = Typed(data[name])
    return value


def _count(data: Mapping[str, Any]) -> int:
    text = str(data.get(COUNT, "0"))
    return min(int(text), MOST_SCORERS) if text.isascii() and text.isdigit() else 0
