"""Management API: the parameters of operations that read their address with the form of
a page, for the OpenAPI document; what is not here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

ARRAY: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}


def form_parameters(
    fields: Mapping[str, forms.Field], **also: str
) -> dict[str, list[dict[str, Any]]]:
    """For `openapi_extra`: the fields of a form, and further repeated words by name
    with what they are."""
    found = [
        _parameter(name, _schema(field), str(field.label or field.help_text or ""))
        for name, field in fields.items()
    ]
    found += [_parameter(name, dict(ARRAY), text) for name, text in also.items()]
    return {"parameters": found}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    stated = {"name": name, "in": "query", "required": False, "schema": schema}
    return {**stated, "description": description} if description else stated


def _schema(field: forms.Field) -> dict[str, Any]:
    widget = field.widget
    if isinstance(widget, forms.SelectMultiple | forms.MultipleHiddenInput):
        return dict(ARRAY)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return {"type": "string", "enum": [str(value) for value, _ in choices]}
    if isinstance(field, forms.DateField):
        return {"type": "string", "format": "date"}
    return {"type": "string"}
