"""One pack: what each version says, what was wrong with it, and how it went."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, editor_required, member_required
from registry.forms.packs import CompareForm, ExportForm, VersionForm
from registry.models import Pack
from registry.packs.finding_words import grouped
from registry.packs.side_by_side import side_by_side
from registry.packs.succession import successions, with_successors
from registry.packs.writing import write_pack
from registry.queries.pack_editor import feature_names
from registry.queries.pack_history import switch_rows
from registry.queries.pack_situation import active_pack
from registry.queries.packs import (
    document_of,
    pack_findings,
    planned_switches,
    version_rows,
)
from registry.services.pack_sources import SourceFailed, load_source
from registry.services.packs import (
    PackRefused,
    StalePack,
    add_version,
    archive_pack,
    restore_pack,
)
from registry.views.pack_lookup import pack_or_404, version_or_404

COMPARISON = "pack-comparison"
CONTENT_TYPES = {"yaml": "application/yaml", "json": "application/json"}
SHOWN_SWITCHES = 10


@require_GET
@member_required
def pack_detail(request: OrganizationRequest, slug: str) -> HttpResponse:
    """The pack at `?version=` (the newest without); `?before=` and `?after=` choose
    the two versions that stand side by side."""
    pack = pack_or_404(request, slug)
    form = VersionForm(request.GET)
    version = version_or_404(pack, form.number())
    context: dict[str, Any] = {"pack": pack, "version": version}
    context |= _comparison(request, pack)
    if not is_fragment(request, COMPARISON):
        findings = pack_findings(version, timezone.now())
        context |= {
            "document": document_of(version),
            "known": feature_names(request.organization),
            "findings": grouped(one for one in findings if one.severity != "note"),
            "notes": grouped(one for one in findings if one.severity == "note"),
            "successions": successions(findings),
            "active": active_pack(request.organization),
            "switches": switch_rows(request.organization, SHOWN_SWITCHES, pack=pack),
            "planned": planned_switches(request.organization, pack=pack),
        }
    return render_page(
        request,
        "registry/pack_detail.html",
        "registry/_pack_comparison.html",
        COMPARISON,
        context,
    )


@require_GET
@member_required
def pack_export(request: OrganizationRequest, slug: str) -> HttpResponse:
    """A version as a file: YAML, or JSON with `?format=json`."""
    pack = pack_or_404(request, slug)
    version = version_or_404(pack, VersionForm(request.GET).number())
    kind = ExportForm(request.GET).kind()
    response = HttpResponse(
        write_pack(document_of(version), kind),
        content_type=f"{CONTENT_TYPES[kind]}; charset=utf-8",
    )
    name = f"{pack.slug}-v{version.number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@editor_required
def pack_succeed(request: OrganizationRequest, slug: str) -> HttpResponse:
    """A new version in which every proposed successor takes its place."""
    pack = pack_or_404(request, slug)
    latest = version_or_404(pack, None)
    proposed = successions(pack_findings(latest, timezone.now()))
    if not proposed:
        messages.info(request, "No successor is proposed for the newest version.")
        return redirect("registry:pack_detail", slug)
    try:
        outcome = add_version(
            pack=pack,
            document=with_successors(document_of(latest), proposed),
            expected_number=latest.number,
            actor=request.user,
        )
    except (PackRefused, StalePack) as error:
        messages.error(request, str(error))
        return redirect("registry:pack_detail", slug)
    number = outcome.version.number
    messages.success(request, f"v{number} names the successors. Nothing is switched.")
    return redirect("registry:pack_detail", slug)


@require_POST
@editor_required
def pack_archive(request: OrganizationRequest, slug: str) -> HttpResponse:
    pack = pack_or_404(request, slug)
    try:
        archive_pack(pack=pack, actor=request.user)
    except PackRefused as refused:
        messages.error(request, str(refused))
        return redirect("registry:pack_detail", slug)
    messages.success(request, f"{pack.name} is archived.")
    return redirect("registry:pack_list")


@require_POST
@editor_required
def pack_restore(request: OrganizationRequest, slug: str) -> HttpResponse:
    pack = pack_or_404(request, slug)
    restore_pack(pack=pack, actor=request.user)
    messages.success(request, f"{pack.name} is back.")
    return redirect("registry:pack_detail", slug)


@require_POST
@editor_required
def pack_load(request: OrganizationRequest, slug: str) -> HttpResponse:
    """Read the pack's address now: a new version where it says something new."""
    pack = pack_or_404(request, slug)
    try:
        outcome = load_source(pack=pack, actor=request.user)
    except (SourceFailed, PackRefused) as failed:
        return _source_failed(request, pack, failed)
    if outcome.is_new:
        messages.success(request, f"Loaded as v{outcome.version.number}.")
    else:
        messages.info(request, "The address says what the newest version says.")
    return redirect("registry:pack_detail", slug)


def _source_failed(
    request: OrganizationRequest, pack: Pack, failed: Exception
) -> HttpResponse:
    context = {"pack": pack, "problems": str(failed).splitlines()}
    return render(request, "registry/pack_source_failed.html", context, status=422)


def _comparison(request: OrganizationRequest, pack: Pack) -> dict[str, Any]:
    """The versions, and two of them side by side: the newest and the one before,
    unless the address names others."""
    rows = version_rows(pack)
    numbers = [row.version.number for row in rows]
    before, after = CompareForm(request.GET).chosen(numbers)
    by_number = {row.version.number: row.version for row in rows}
    context: dict[str, Any] = {"versions": rows, "before": before, "after": after}
    if before and after:
        context["pairs"] = side_by_side(
            document_of(by_number[before]), document_of(by_number[after])
        )
    return context
