"""Import with a preview, and export, for the admins that mix it in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.results import Result, RowResult
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from registry.transfer.formats import FORMATS
from registry.transfer.table import MAX_BYTES, UnreadableFile, as_text
from registry.transfer.uploads import UploadFolder

SHOWN_ROWS = 200
EXPIRED = "That preview is gone. Choose the file again."


class CheckedImportForm(ImportForm):
    def clean_import_file(self) -> UploadedFile[bytes]:
        """Refuses a large file before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["import_file"]
        if (file.size or 0) > MAX_BYTES:
            try:
                as_text(b" " * (MAX_BYTES + 1))
            except UnreadableFile as error:
                raise ValidationError(str(error)) from error
        return file


class TransferAdmin(ImportExportMixin):
    import_form_class = CheckedImportForm
    export_form_class = ExportForm
    formats = FORMATS
    tmp_storage_class = UploadFolder

    def has_import_permission(self, request: HttpRequest) -> bool:
        opts = self.model._meta
        verbs = ("add", "change")
        return all(
            request.user.has_perm(f"registry.{verb}_{opts.model_name}")
            for verb in verbs
        )

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The preview: every problem with its line, or every change."""
        response: TemplateResponse = super().import_action(request, **kwargs)
        context = response.context_data or {}
        result = context.get("result")
        if result is not None:
            context["problems"] = request.import_resource.problems(result)  # type: ignore[attr-defined]  # set below
            context["changes"] = changed_rows(result)
            context["totals"] = result.totals
        context["title"] = f"Import {self.model._meta.verbose_name_plural}"
        return response

    def choose_import_resource_class(self, form: Any, request: HttpRequest) -> Any:
        """Keeps the resource that does the work: it knows the lines of the file."""
        chosen = super().choose_import_resource_class(form, request)

        def make(**kwargs: Any) -> Any:
            resource = chosen(**kwargs)
            request.import_resource = resource  # type: ignore[attr-defined]
            return resource

        return make

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """All or nothing."""
        return {
            **super().get_import_data_kwargs(**kwargs),
            "use_transactions": True,
            "rollback_on_validation_errors": True,
        }

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        if not isinstance(e, UnreadableFile):
            raise e
        form.add_error("import_file", str(e))

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The import itself, its audit entries and its history in one transaction."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().process_import(request, **kwargs)
        except FileNotFoundError:
            messages.error(request, EXPIRED)
            return HttpResponseRedirect(self.import_url())
        return response

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        problems = request.import_resource.problems(result)  # type: ignore[attr-defined]  # set above
        if not problems:
            done: HttpResponse = super().process_result(result, request)
            return done
        line, column, sentence = problems[0]
        messages.error(
            request,
            "Nothing was imported: the registry changed since the preview. "
            f"Line {line}: {column} {sentence}",
        )
        return HttpResponseRedirect(self.import_url())

    def import_url(self) -> str:
        return reverse(f"admin:registry_{self.model._meta.model_name}_import")


def changed_rows(result: Result) -> list[RowResult]:
    """The first rows that the import would add or change."""
    kinds = (RowResult.IMPORT_TYPE_NEW, RowResult.IMPORT_TYPE_UPDATE)
    rows = (row for row in result.rows if row.import_type in kinds)
    return [row for row, _ in zip(rows, range(SHOWN_ROWS), strict=False)]
