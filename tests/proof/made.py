"""Rows of any table, made from what its columns ask for: for walks that need one of
everything and look at none closely."""

from __future__ import annotations

import datetime
import itertools
import uuid
from decimal import Decimal
from typing import Any

from django.db import models

NUMBERS = itertools.count(1)
NOW = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC)


def made(model: type[models.Model], known: dict[type, models.Model], **facts: Any):
    """A row of `model`. Rows that it must belong to are those of `known`, or are made
    too and kept there. Nothing is validated but by the database."""
    values = dict(facts)
    for field in model._meta.concrete_fields:
        if field.name in values or field.attname in values or field.primary_key:
            continue
        is_filled = field.null or field.has_default()
        if is_filled or getattr(field, "auto_now_add", False):
            continue
        if isinstance(field, models.ForeignKey):
            values[field.name] = _owner(field, known)
        else:
            values[field.attname] = _value(field)
    row = model(**values)
    model._base_manager.bulk_create([row])
    known.setdefault(model, row)
    return row


def _owner(field: models.ForeignKey, known: dict[type, models.Model]) -> models.Model:
    kind = field.related_model
    if kind not in known:
        known[kind] = made(kind, known)
    return known[kind]


def _value(field: models.Field) -> Any:
    if getattr(field, "auto_now", False):
        return NOW
    if field.blank and isinstance(field, models.CharField | models.TextField):
        return ""
    if field.choices:
        return field.choices[0][0]
    number = next(NUMBERS)
    for kind, value in (
        (models.DateTimeField, NOW),
        (models.DateField, NOW.date()),
        (models.UUIDField, uuid.UUID(int=number)),
        (models.DecimalField, Decimal(1)),
        (models.BooleanField, True),
        (models.FloatField, 1.0),
        (models.IntegerField, 1),
        (models.JSONField, {}),
        (models.BinaryField, b"x"),
        (models.EmailField, f"somebody{number}@example.com"),
        (models.URLField, "https://example.com/"),
    ):
        if isinstance(field, kind):
            return value
    if isinstance(field, models.CharField | models.TextField):
        return f"made-{number}"[: field.max_length]
    message = f"Say how {field.model.__name__}.{field.name} is made."
    raise TypeError(message)
