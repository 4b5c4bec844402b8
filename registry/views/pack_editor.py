"""Making a pack, and a new version of one. Nothing is saved before Save."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from modelhub.htmx import render_page
from registry.access import OrganizationRequest, editor_required
from registry.forms.assignments import CandidateSearchForm
from registry.forms.pack_editor import FileForm, StartForm
from registry.forms.packs import ForceForm, PackHeadForm, VersionForm
from registry.lined.document import Unreadable
from registry.models import Feature, Pack
from registry.pack_editing import Editing, merged, stepped
from registry.packs.document import PackDocument
from registry.packs.drafting import BrokenDraft, Draft, document_from
from registry.packs.reading import kind_of, read_pack
from registry.queries.candidates import enabled_models, find_options
from registry.queries.pack_editor import feature_names, prompt_choices
from registry.queries.packs import (
    document_assigned_now,
    document_of,
    pack_named,
    pack_rows,
    version_of,
)
from registry.services.packs import (
    PackRefused,
    StalePack,
    add_version,
    create_pack,
    describe_pack,
)
from registry.views.pack_lookup import pack_or_404, version_or_404

PAGE = "registry/pack_editor.html"
EDITOR = "pack-editor"
CANDIDATES = "pack-candidates"


@require_http_methods(["GET", "POST"])
@editor_required
def pack_new(request: OrganizationRequest) -> HttpResponse:
    """GET asks where to start, with `?start=` it is the editor; POST makes the pack."""
    if request.method == "POST":
        return _save(request, None)
    if "start" not in request.GET:
        return _start_page(request, FileForm())
    form = StartForm(request.GET)
    if not form.is_valid():
        raise Http404("A pack starts from scratch, from assignments or from a pack.")
    document = _started(request, form.cleaned_data)
    return _editor(request, None, _draft(request, document), _head_of(document))


@require_POST
@editor_required
def pack_file(request: OrganizationRequest) -> HttpResponse:
    """A file into the editor; else everything that is wrong with it at once, with the
    lines and the text to correct (422)."""
    form = FileForm(request.POST, request.FILES)
    content, name = form.content()
    try:
        document = read_pack(content, kind=kind_of(name))
    except Unreadable as unreadable:
        context = {
            "problems": unreadable.problems,
            "file_name": name,
            "text": content.decode("utf-8", "replace"),
        }
        return _start_page(request, form, context, status=422)
    return _editor(request, None, Draft.of(document.features), _head_of(document))


@require_http_methods(["GET", "POST"])
@editor_required
def pack_edit(request: OrganizationRequest, slug: str) -> HttpResponse:
    """The newest version (or `?version=`) in the editor; POST adds a version: 422
    where it is wrong, 409 where someone else added one meanwhile."""
    pack = pack_or_404(request, slug)
    if request.method == "POST":
        return _save(request, pack)
    version = version_or_404(pack, VersionForm(request.GET).number())
    document = document_of(version)
    head = _head_of(document) | {
        "name": pack.name,
        "description": pack.description,
        "source_url": pack.source_url,
        "note": "",
    }
    return _editor(request, pack, _draft(request, document), head)


@require_POST
@editor_required
def pack_draft(request: OrganizationRequest) -> HttpResponse:
    """The editor again after one button. Nothing is saved."""
    slug = request.POST.get("edited", "")
    pack = pack_or_404(request, slug) if slug else None
    try:
        editing = stepped(request.POST)
    except BrokenDraft as broken:
        return HttpResponseBadRequest(str(broken))
    return _page(request, pack, editing, PackHeadForm(request.POST))


@require_GET
@editor_required
def pack_candidates(request: OrganizationRequest) -> HttpResponse:
    """Models of the whole catalogue for the row that is open."""
    form = CandidateSearchForm(request.GET)
    words = form.cleaned_data["find"] if form.is_valid() else ""
    key = request.GET.get("row-key", "")
    context = _candidates(request, key, words)
    return render(request, "registry/_pack_candidates.html", context)


def _start_page(
    request: OrganizationRequest,
    form: FileForm,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = pack_rows(request.organization, timezone.now())
    assigned = Feature.objects.filter(
        organization=request.organization,
        archived_at=None,
        assignment__revision__ai_model__isnull=False,
    )
    context = {"form": form, "rows": rows, "assigned": assigned.count()}
    return render(
        request, "registry/pack_start.html", context | (more or {}), status=status
    )


def _started(request: OrganizationRequest, chosen: dict[str, Any]) -> PackDocument:
    if chosen["start"] == "assigned":
        return document_assigned_now(request.organization, name="", slug="")
    if chosen["start"] == "scratch":
        return PackDocument(name="", slug="")
    source = pack_named(request.organization, chosen["pack"])
    version = version_of(source, chosen["version"]) if source else None
    if source is None or version is None:
        raise Http404("There is no such pack to start from.")
    document = document_of(version)
    return PackDocument(
        name=f"{source.name} copy",
        slug="",
        description=source.description,
        note=f"Copied from {version}.",
        features=document.features,
    )


def _draft(request: OrganizationRequest, document: PackDocument) -> Draft:
    """The document's features, and a row for each of the organisation's others."""
    return Draft.of(document.features, feature_names(request.organization))


def _head_of(document: PackDocument) -> dict[str, Any]:
    return {
        "name": document.name,
        "slug": document.slug,
        "description": document.description,
        "note": document.note,
    }


def _editor(
    request: OrganizationRequest, pack: Pack | None, draft: Draft, head: dict[str, Any]
) -> HttpResponse:
    return _page(request, pack, Editing(draft), PackHeadForm(initial=head))


def _page(
    request: OrganizationRequest,
    pack: Pack | None,
    editing: Editing,
    head: PackHeadForm,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    names = feature_names(request.organization)
    latest = version_of(pack) if pack else None
    posted = ForceForm(request.POST).expected_state() if request.POST else ""
    context: dict[str, Any] = {
        "pack": pack,
        "latest": latest,
        "expected": posted or (latest.number if latest else 0),
        "editing": editing,
        "draft": editing.draft,
        "head": head,
        "lines": [(row, names.get(row.key, "")) for row in editing.draft.rows],
        "models": [one.reference for one in enabled_models(request.organization)],
        "prompts": prompt_choices(request.organization),
    }
    if editing.row:
        context |= _candidates(request, editing.open_key, editing.words)
    return render_page(
        request,
        PAGE,
        "registry/_pack_editor.html",
        EDITOR,
        context | (more or {}),
        status=status,
    )


def _candidates(request: OrganizationRequest, key: str, words: str) -> dict[str, Any]:
    """What the search finds, judged by what the feature requires (by nothing, where
    the organisation does not have it yet)."""
    feature = None
    if "\x00" not in key:
        feature = Feature.objects.filter(
            organization=request.organization, key=key
        ).first()
    feature = feature or Feature(organization=request.organization, key=key[:80])
    found = find_options(feature, words, timezone.now()) if words else []
    return {"words": words, "found": found}


def _save(request: OrganizationRequest, pack: Pack | None) -> HttpResponse:
    """Make the pack, or a new version of `pack`."""
    head = PackHeadForm(_with_slug(request, pack))
    try:
        editing = merged(request.POST)
    except BrokenDraft as broken:
        return HttpResponseBadRequest(str(broken))
    if not (head.is_valid() and editing.is_sound):
        return _page(request, pack, editing, head, {"show_errors": True}, status=422)
    document = document_from(editing.draft, head.cleaned_data)
    try:
        if pack is None:
            return _create(request, document, head)
        return _add_version(request, pack, document, head)
    except PackRefused as refused:
        why = {"refused": refused.problems}
        return _page(request, pack, editing, head, why, status=422)
    except StalePack as stale:
        newest = {"stale": stale.latest, "expected": stale.latest.number}
        return _page(request, pack, editing, head, newest, status=409)


def _create(
    request: OrganizationRequest, document: PackDocument, head: PackHeadForm
) -> HttpResponse:
    version = create_pack(
        organization=request.organization,
        document=document,
        actor=request.user,
        source_url=head.cleaned_data["source_url"],
    )
    messages.success(request, f"{version.pack.name} is made. Nothing is switched yet.")
    return redirect("registry:pack_detail", version.pack.slug)


def _add_version(
    request: OrganizationRequest,
    pack: Pack,
    document: PackDocument,
    head: PackHeadForm,
) -> HttpResponse:
    expected = ForceForm(request.POST).expected_state()
    with transaction.atomic():
        outcome = add_version(
            pack=pack,
            document=document,
            expected_number=int(expected) if expected.isdecimal() else 0,
            actor=request.user,
        )
        is_described = describe_pack(
            pack=pack,
            name=head.cleaned_data["name"],
            description=head.cleaned_data["description"],
            source_url=head.cleaned_data["source_url"],
            actor=request.user,
        )
    if outcome.is_new:
        text = f"Saved as v{outcome.version.number}. Nothing is switched yet."
        messages.success(request, text)
    elif is_described:
        messages.success(request, "Saved. The models are as they were.")
    else:
        messages.info(request, "Nothing to change: the newest version says this.")
    return redirect("registry:pack_detail", pack.slug)


def _with_slug(request: OrganizationRequest, pack: Pack | None) -> Any:
    """What was posted; an edited pack keeps its slug whatever was sent."""
    if pack is None:
        return request.POST
    data = request.POST.copy()
    data["slug"] = pack.slug
    return data
