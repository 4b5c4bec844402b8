"""The rules that hold for every import: columns are known, a row is there once, a
wrong cell is an error beside its line, and nothing is stored unless everything is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Result, RowResult

from registry.audit import record_change
from registry.models import Organization, Provider, User
from registry.snapshots import Snapshot, differences, snapshot, stated
from registry.transfer.cells import Cell, plain_text, shown
from registry.transfer.formats import ABSENT, LineDataset
from registry.transfer.table import UnreadableFile

Key = tuple[Any, ...]


class Related(Cell):
    """A row of another table by its slug."""

    def __init__(self, noun: str) -> None:
        super().__init__()
        self.noun = noun
        self.known: dict[str, Any] = {}

    def read(self, value: Any) -> Any:
        slug = plain_text(value).strip()
        if not slug:
            return None
        if slug not in self.known:
            raise ValueError(f"There is no {self.noun} {shown(slug)}.")
        return self.known[slug]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value.slug if value else None


def column(name: str, cell: Cell, attribute: str = "") -> Field:
    return Field(attribute=attribute or name, column_name=name, widget=cell)


class StrictResource(ModelResource):
    """`noun` begins the action of the audit entry; `key_columns` tell rows apart."""

    noun = ""
    key_columns: tuple[str, ...] = ()
    optional_key_columns: tuple[str, ...] = ("organization",)

    class Meta:
        abstract = True

    def before_import(self, dataset: LineDataset, **kwargs: Any) -> None:
        """Raises UnreadableFile for columns that are unknown or missing."""
        self.lines = dataset.lines
        self.first_lines: dict[Key, int] = {}
        self.actor: User | None = kwargs.get("user")
        known = [field.column_name for field in self.get_import_fields()]
        unknown = [name for name in dataset.headers if name not in known]
        if unknown:
            raise UnreadableFile(
                f"Nothing is known about the column {shown(unknown[0])}. "
                f"Known are: {', '.join(known)}."
            )
        missing = [
            name
            for name in self.key_columns
            if name not in dataset.headers and name not in self.optional_key_columns
        ]
        if missing:
            raise UnreadableFile(f"The column {missing[0]} is missing.")
        self.load_related()
        self.existing = self.load_existing(dataset)

    def load_related(self) -> None:
        for name, rows in (("provider", Provider), ("organization", Organization)):
            for field in self.fields.values():
                if isinstance(field.widget, Related) and field.widget.noun == name:
                    field.widget.known = {row.slug: row for row in rows.objects.all()}

    def load_existing(self, dataset: LineDataset) -> Mapping[Key, Model]:
        """The rows that are there already, by key, in one query."""
        raise NotImplementedError

    def key_of(self, row: dict[str, Any]) -> Key:
        return tuple(
            plain_text(row.get(name)).strip() or None for name in self.key_columns
        )

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        for name in [name for name, value in row.items() if value is ABSENT]:
            del row[name]
        try:
            self.key = self.key_of(row)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        line = self.lines[kwargs["row_number"] - 1]
        first = self.first_lines.setdefault(self.key, line)
        if first != line:
            name = "/".join(str(part) for part in self.key if part)
            raise ValidationError(f"{name} stands on line {first} already.")

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Model | None:
        return self.existing.get(self.key)

    def after_init_instance(
        self, instance: Model, new: bool, row: dict[str, Any], **kwargs: Any
    ) -> None:
        self.before: Snapshot | None = None if new else snapshot(instance)

    def skip_row(
        self,
        instance: Model,
        original: Model | None,
        row: dict[str, Any],
        import_validation_errors: dict[str, Any] | None = None,
    ) -> bool:
        """A row that says what is there already changes nothing."""
        if import_validation_errors or self.before is None:
            return False
        return self.before == snapshot(instance)

    def changed_fields(self, instance: Model) -> list[str]:
        if self.before is None:
            return list(stated(instance))
        return list(differences(self.before, snapshot(instance))[1])

    def changes(self, instance: Model) -> tuple[Snapshot | None, Snapshot]:
        if self.before is None:
            return None, stated(instance)
        return differences(self.before, snapshot(instance))

    def after_save_instance(
        self, instance: Model, row: dict[str, Any], **kwargs: Any
    ) -> None:
        before, after = self.changes(instance)
        record_change(
            organization=getattr(instance, "organization", None),
            actor=self.actor,
            action=f"{self.noun}.imported",
            target=instance,
            before=before,
            after=after,
            note=f"Import of {kwargs.get('file_name') or 'a file'}"[:400],
        )

    def after_import_row(
        self, row: dict[str, Any], row_result: RowResult, **kwargs: Any
    ) -> None:
        """What the preview shows."""
        row_result.line = self.lines[kwargs["row_number"] - 1]
        if row_result.instance is not None:
            row_result.changes = self.changes(row_result.instance)

    def problems(self, result: Result) -> list[tuple[int | None, str, str]]:
        """Everything that is wrong: line, column and sentence."""
        found: list[tuple[int | None, str, str]] = [
            (None, "", str(error.error)) for error in result.base_errors
        ]
        for number, row in enumerate(result.rows):
            line = self.lines[number]
            found += [(line, "", str(error.error)) for error in row.errors]
            found += [(line, *one) for one in _sentences(row.validation_error)]
        return found


def _sentences(error: ValidationError | None) -> list[tuple[str, str]]:
    if error is None:
        return []
    if not hasattr(error, "error_dict"):
        return [("", sentence) for sentence in error.messages]
    return [
        ("" if field == "__all__" else field, sentence)
        for field, sentences in error.message_dict.items()
        for sentence in sentences
    ]
