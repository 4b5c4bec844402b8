"""One step in the pack editor: what the browser sent, and the draft after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.core.exceptions import ValidationError

from registry.forms.pack_editor import RowForm, StepsForm
from registry.forms.parameters import parameters_initial
from registry.models.feature import FEATURE_KEY
from registry.packs.checking import MODEL
from registry.packs.document import KEY_LENGTH, PackFeature
from registry.packs.drafting import Draft

ROW: Final = "row"
BAD_MODEL: Final = "Write a model as provider/model-id, as in openai/gpt-5-mini."


@dataclass(frozen=True)
class Editing:
    """The draft, the row that is open and what is wrong with what was sent."""

    draft: Draft
    row: RowForm | None = None
    problem: str = ""
    words: str = ""

    @property
    def open_key(self) -> str:
        return str(self.row["key"].value() or "") if self.row else ""

    @property
    def is_sound(self) -> bool:
        """Whether the open row holds nothing that is wrong."""
        return self.row is None or not self.row.is_bound or self.row.is_valid()


def opened(feature: PackFeature) -> RowForm:
    """The form of a row as it stands."""
    initial = {
        **parameters_initial(dict(feature.parameters)),
        "key": feature.key,
        "model": feature.model,
        "fallbacks": "\n".join(feature.fallbacks),
        "prompt": feature.prompt,
        "note": feature.note,
    }
    return RowForm(prefix=ROW, initial=initial)


def merged(data: Mapping[str, Any]) -> Editing:
    """What was sent, with the open row taken into the draft where it is sound.
    Raises BrokenDraft."""
    draft = Draft.from_text(str(data.get("document", "")))
    if f"{ROW}-key" not in data:
        return Editing(draft)
    form = RowForm(data, prefix=ROW)
    words = str(data.get("find", ""))[:100].replace("\x00", "").strip()
    if not form.is_valid():
        return Editing(draft, form, words=words)
    return Editing(draft.put(form.feature()), form, words=words)


def stepped(data: Mapping[str, Any]) -> Editing:
    """The draft after the button that was pressed. A row with something wrong stays
    open, and the button does nothing then. Raises BrokenDraft."""
    now = merged(data)
    step = StepsForm(data).pressed()
    if step is None or not now.is_sound:
        return now
    name, value = step
    match name:
        case "open":
            row = now.draft.row(value)
            return Editing(now.draft, opened(row) if row else None)
        case "take_out":
            return Editing(now.draft.without(value))
        case "use" | "fall_back":
            return _chosen(now, name, value)
        case "add":
            return _added(now, str(data.get("add_key", "")).strip())
        case "fill":
            return _filled(now, str(data.get("fill_model", "")).strip(), value)
        case "close":
            return Editing(now.draft)
    return now


def _chosen(now: Editing, step: str, model: str) -> Editing:
    """The open row with a model that was found: as its model or its last fallback."""
    row = now.draft.row(now.open_key)
    if row is None:
        return now
    others = tuple(one for one in row.fallbacks if one != model)
    if step == "use":
        row = replace(row, model=model, fallbacks=others)
    elif model != row.model:
        row = replace(row, fallbacks=(*others, model))
    return Editing(now.draft.put(row), opened(row), words=now.words)


def _added(now: Editing, key: str) -> Editing:
    """A new row, open."""
    try:
        FEATURE_KEY(key[: KEY_LENGTH + 1])
    except ValidationError as error:
        return replace(now, problem=f"“{key[:KEY_LENGTH]}”: {error.messages[0]}")
    if len(key) > KEY_LENGTH:
        return replace(now, problem=f"A key has at most {KEY_LENGTH} characters.")
    row = now.draft.row(key) or PackFeature(key, "")
    return Editing(now.draft.put(row), opened(row))


def _filled(now: Editing, model: str, rows: str) -> Editing:
    if not MODEL.fullmatch(model):
        return replace(now, problem=f"“{model[:80]}”: {BAD_MODEL}")
    return Editing(now.draft.fill(model, only_empty=rows != "all"))
