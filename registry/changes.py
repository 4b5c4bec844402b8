"""The before and after of an audit entry as lines that a person reads. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from registry.audit_values import BETWEEN, field_label, is_told, value_text

MAX_CHARACTERS: Final = 300
LABEL_MOVES: Final = "prompt.label_"
PACKS: Final = "pack."
SETTING: Final = {"model", "fallbacks", "parameters"}
"""What a feature gets, as packs note it."""


@dataclass(frozen=True)
class Change:
    """One field that changed; an empty text where there is no value."""

    name: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


def changes_between(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[Change]:
    """One line a field of either; fields that are the same in both are left out."""
    before, after = _flat(before or {}), _flat(after or {})
    names = dict.fromkeys((*before, *after))
    return [
        Change(name, as_text(before.get(name)), as_text(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    ]


def told_changes(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    action: str = "",
) -> list[Change]:
    """The same in words: names of fields, money, measures and days as pages have them.
    What means nothing to a person is left out."""
    if action.startswith(LABEL_MOVES):
        return _label_moves(before or {}, after or {})
    is_pack = action.startswith(PACKS)
    old, new = (_told(_whole(one or {}, is_pack)) for one in (before, after))
    lines = [
        Change(_named(name, old, new), _said(name, old), _said(name, new))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    ]
    return [line for line in lines if line.before != line.after]


def _label_moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields are the labels, the values numbers of versions."""
    return [
        Change(label, *(f"v{side[label]}" if side.get(label) else "" for side in sides))
        for sides in [(before, after)]
        for label in dict.fromkeys((*before, *after))
    ]


def _whole(document: Mapping[str, Any], is_pack: bool) -> Mapping[str, Any]:
    """A pack notes of each feature what is set alone."""
    if not is_pack:
        return document
    unset: dict[str, Any] = {"model": None, "fallbacks": [], "parameters": {}}
    return {
        name: {**unset, **value} if isinstance(value, dict) else value
        for name, value in document.items()
    }


def _named(name: str, *sides: Mapping[str, Any]) -> str:
    """A feature of a pack stands under its key, which stays as it is written."""
    return (
        name
        if any(_is_setting(side.get(name)) for side in sides)
        else field_label(name)
    )


def _is_setting(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict) and value.keys() >= SETTING


def _told(document: Mapping[str, Any]) -> dict[str, Any]:
    flat = _flat({name: _opened(name, document[name]) for name in document})
    return {name: value for name, value in flat.items() if is_told(name, value)}


def _opened(name: str, value: Any) -> Any:
    """Rates of a price were noted as "input_mtok 2.5", and are noted as a document."""
    if name != "rates":
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        pairs = (one.rpartition(" ") for one in value)
        return {_case(key): rate for key, _, rate in pairs}
    if isinstance(value, dict) and isinstance(value.get("variants"), list):
        plain = {key: one for key, one in value.items() if key != "variants"}
        cases = {
            " ".join(one["when"].values()): one["prices"] for one in value["variants"]
        }
        return plain | cases
    return value


def _case(key: str) -> str:
    """`batch input_mtok`: the rate of a case."""
    case, _, rate = key.rpartition(" ")
    return f"{case}{BETWEEN}{rate}" if case else rate


def _said(name: str, document: Mapping[str, Any]) -> str:
    value = document.get(name)
    if _is_setting(value):
        return _cut(_setting_text(value))
    return _cut(value_text(name, value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}…"


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """A field of a field as a line of its own: `parameters` → `parameters · seed`."""
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, dict) and not value.keys() >= SETTING:
            inner = _flat(value)
            flat |= {f"{name} · {one}": inner[one] for one in inner}
        else:
            flat[name] = value
    return flat


def as_text(value: Any) -> str:
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and value.keys() >= SETTING:
        text = _setting_text(value)
    elif isinstance(value, list):
        between = "; " if any(isinstance(one, dict) for one in value) else ", "
        text = between.join(as_text(one) or "nothing" for one in value)
    elif isinstance(value, dict):
        told = ((name.replace("_", " "), as_text(one)) for name, one in value.items())
        text = ", ".join(f"{name} {said or 'nothing'}" for name, said in told)
    else:
        text = str(value)
    return _cut(text)


def _setting_text(setting: Mapping[str, Any]) -> str:
    """openai/one, then openai/two; temperature 0.25; prompt PLANNER@3."""
    chain = [setting["model"] or "no model", *setting["fallbacks"]]
    parameters = [
        f"{name} {as_text(value)}" for name, value in setting["parameters"].items()
    ]
    prompt = [f"prompt {setting['prompt']}"] if setting.get("prompt") else []
    return "; ".join([", then ".join(chain), *parameters, *prompt])
