"""Import usage: upload a file, look at how it is read, start, look on."""

import uuid
from typing import Any, Final, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from analytics.forms.usage_import import TAB, ReadingForm, UploadForm
from analytics.intake.formats import NotRecognised
from analytics.models import ImportState, UsageImport
from analytics.services.usage_imports import (
    keep_upload,
    preview_of,
    rejects_of,
    set_reading,
    start_import,
)
from registry.access import OrganizationRequest, editor_required, member_required

SHOWN: Final = 30


@require_GET
@member_required
def import_list(request: OrganizationRequest) -> HttpResponse:
    return _list(request, UploadForm())


@require_POST
@editor_required
def import_upload(request: OrganizationRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    one = keep_upload(
        organization=request.organization,
        actor=request.user,
        upload=form.cleaned_data["file"],
    )
    return redirect("analytics:import_show", one.key)


@require_GET
@member_required
def import_show(request: OrganizationRequest, key: uuid.UUID) -> HttpResponse:
    one = _own(request, key)
    if one.state != ImportState.DRAFT:
        return render(request, "analytics/usage_import.html", {"one": one})
    return _draft(request, one, ReadingForm(initial=_initial(one)))


@require_GET
@member_required
def import_progress(request: OrganizationRequest, key: uuid.UUID) -> HttpResponse:
    context = {"one": _own(request, key)}
    return render(request, "analytics/_usage_import_state.html", context)


@require_POST
@editor_required
def import_read(request: OrganizationRequest, key: uuid.UUID) -> HttpResponse:
    """Read the draft another way and show what that comes to."""
    one = _own(request, key)
    form = ReadingForm(request.POST)
    if not form.is_valid():
        return _draft(request, one, form, status=422)
    set_reading(one, form.facts)
    return redirect("analytics:import_show", one.key)


@require_POST
@editor_required
def import_start(request: OrganizationRequest, key: uuid.UUID) -> HttpResponse:
    one = _own(request, key)
    if not start_import(one, actor=request.user):
        messages.info(request, "This file is being imported already.")
    return redirect("analytics:import_show", one.key)


@require_GET
@member_required
def import_rejects(request: OrganizationRequest, key: uuid.UUID) -> HttpResponse:
    one = _own(request, key)
    try:
        file = rejects_of(one).open("rb")
    except FileNotFoundError:
        raise Http404("No line was refused.") from None
    name = f"{one.file_name}.rejects.jsonl"
    answer = FileResponse(file, as_attachment=True, filename=name)
    return cast("HttpResponse", answer)


def _own(request: OrganizationRequest, key: uuid.UUID) -> UsageImport:
    return get_object_or_404(UsageImport, organization=request.organization, key=key)


def _list(
    request: OrganizationRequest, form: UploadForm, status: int = 200
) -> HttpResponse:
    rows = UsageImport.objects.filter(organization=request.organization)
    context = {"form": form, "imports": rows.select_related("created_by")[:SHOWN]}
    return render(request, "analytics/usage_imports.html", context, status=status)


def _draft(
    request: OrganizationRequest,
    one: UsageImport,
    form: ReadingForm,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"one": one, "form": form}
    try:
        context["preview"] = preview_of(one)
    except NotRecognised as error:
        context["problem"] = str(error)
    except OSError:
        context["problem"] = "The file is gone from this server: upload it again."
    return render(request, "analytics/usage_import_draft.html", context, status=status)


def _initial(one: UsageImport) -> dict[str, str]:
    return {
        "format": one.format,
        "delimiter": TAB if one.delimiter == "\t" else one.delimiter,
        "encoding": one.encoding,
        "mapping": "\n".join(f"{old}={new}" for old, new in one.renamed.items()),
    }
