"""Making profiles and changing what they say."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from registry.access import OrganizationRequest, editor_required
from registry.forms.profiles import (
    AddPreferenceForm,
    PreferenceForm,
    ProfileForm,
    ProfileTextForm,
    model_rows,
    preference_initial,
)
from registry.models import Profile
from registry.profiles.document import EVERYTHING, Preference
from registry.profiles.files import write_profile
from registry.profiles.needs import Needs
from registry.profiles.overlay import TASK_WORDS
from registry.queries.profile_fits import fits_of
from registry.queries.profile_pages import enabled_references
from registry.queries.profiles import (
    draft_from_assignments,
    draft_local_first,
    file_of,
)
from registry.resolution.loading import load_snapshot_of
from registry.services.profiles import (
    ProfileRefused,
    StaleProfile,
    create_profile,
    edit_profile,
)
from registry.views.profile_lookup import profile_or_404, render_profile

DRAFTS = {"assigned": draft_from_assignments, "local": draft_local_first}
PARTS = {"roles": "role", "tasks": "task"}


@require_http_methods(["GET", "POST"])
@editor_required
def profile_create(request: OrganizationRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None)
    if not form.is_valid():
        return _form_page(request, form, 422 if form.is_bound else 200)
    facts = form.cleaned_data
    draft = DRAFTS.get(facts.pop("draft"))
    owner = request.organization.pk
    document = draft(load_snapshot_of(owner), owner) if draft else {}
    if draft and not document:
        form.add_error("draft", "There is nothing of this kind yet.")
        return _form_page(request, form, 422)
    try:
        profile = create_profile(
            organization=request.organization,
            actor=request.user,
            document=document,
            **facts,
        )
    except ProfileRefused as refused:
        form.add_error(None, list(refused.problems))
        return _form_page(request, form, 422)
    messages.success(request, f"{profile.name} is created. Now say what it prefers.")
    return redirect(profile)


@require_http_methods(["GET", "POST"])
@editor_required
def profile_edit(request: OrganizationRequest, slug: str) -> HttpResponse:
    """Everything of a profile as one text."""
    profile = profile_or_404(request, slug)
    if request.method == "GET":
        initial = {
            "text": write_profile(file_of(profile), "yaml"),
            "expected_version": profile.version,
        }
        form = ProfileTextForm(initial=initial)
        return _text_page(request, form, profile)
    form = ProfileTextForm(request.POST)
    if not form.is_valid():
        return _text_page(request, form, profile, 422)
    try:
        edit_profile(
            profile=profile,
            expected_version=form.cleaned_data["expected_version"] or 0,
            actor=request.user,
            name=form.file.name,
            description=form.file.description,
            document=form.file.document,
        )
    except ProfileRefused as refused:
        form.add_error("text", list(refused.problems))
        return _text_page(request, form, profile, 422)
    except StaleProfile as stale:
        form.add_error("text", f"{stale} Open it again to see what is there now.")
        return _text_page(request, form, profile, 409)
    messages.success(request, f"{profile.name} is saved.")
    return redirect(profile)


@require_GET
@editor_required
def preference_add(request: OrganizationRequest, slug: str) -> HttpResponse:
    """Go to the form of a role or a task that the profile does not speak of yet."""
    profile = profile_or_404(request, slug)
    form = AddPreferenceForm(request.GET)
    if not form.is_valid():
        return render_profile(request, profile, 400, problems=("Name a role.",))
    part, key = form.cleaned_data["part"], form.cleaned_data["key"].strip()
    return redirect("registry:preference_edit", profile.slug, part, key)


@require_http_methods(["GET", "POST"])
@editor_required
def preference_edit(
    request: OrganizationRequest, slug: str, part: str, key: str
) -> HttpResponse:
    """What a profile prefers for one role or task."""
    profile = profile_or_404(request, slug)
    if part not in PARTS:
        raise Http404
    before = Preference.of((profile.document.get(part) or {}).get(key) or {})
    if request.method == "GET":
        initial = {"expected_version": profile.version, **preference_initial(before)}
        form = PreferenceForm(initial=initial)
        return _preference_page(request, form, profile, part, key, before)
    form = PreferenceForm(request.POST)
    if not form.is_valid():
        return _preference_page(request, form, profile, part, key, before, 422)
    said = form.preference(before)
    try:
        _save(request, profile, form, part, key, said)
    except ProfileRefused as refused:
        form.add_error(None, list(refused.problems))
        typed = Preference.of(said)
        return _preference_page(request, form, profile, part, key, typed, 422)
    except StaleProfile as stale:
        form.add_error(None, f"{stale} Open it again to see what is there now.")
        typed = Preference.of(said)
        return _preference_page(request, form, profile, part, key, typed, 409)
    messages.success(request, f"{profile.name} is saved.")
    return redirect(profile)


@require_POST
@editor_required
def preference_fits(
    request: OrganizationRequest, slug: str, part: str, key: str
) -> HttpResponse:
    """How many models meet what is typed, while it is typed."""
    profile_or_404(request, slug)
    form = PreferenceForm(request.POST)
    if not form.is_valid():
        return HttpResponse("A value is out of range.")
    said = Preference.of(form.preference(Preference()))
    fits = fits_of(request.organization, Needs.of(said.requirements))
    return HttpResponse(fits.text)


@require_POST
@editor_required
def preference_remove(
    request: OrganizationRequest, slug: str, part: str, key: str
) -> HttpResponse:
    profile = profile_or_404(request, slug)
    before = profile.document.get(part) or {}
    if part not in PARTS or key not in before:
        raise Http404
    rest = {name: one for name, one in before.items() if name != key}
    try:
        edit_profile(
            profile=profile,
            expected_version=profile.version,
            actor=request.user,
            document={**profile.document, part: rest},
        )
    except StaleProfile as stale:
        return render_profile(request, profile, 409, problems=(str(stale),))
    messages.success(request, f"{profile.name} says nothing of {key} any more.")
    return redirect(profile)


def _save(
    request: OrganizationRequest,
    profile: Profile,
    form: PreferenceForm,
    part: str,
    key: str,
    said: dict[str, Any],
) -> None:
    preferences = {**(profile.document.get(part) or {}), key: said}
    edit_profile(
        profile=profile,
        expected_version=form.cleaned_data["expected_version"],
        actor=request.user,
        document={**profile.document, part: preferences},
    )


def _form_page(
    request: OrganizationRequest, form: ProfileForm, status: int
) -> HttpResponse:
    context = {"form": form}
    return render(request, "registry/profile_form.html", context, status=status)


def _text_page(
    request: OrganizationRequest,
    form: ProfileTextForm,
    profile: Profile,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "profile": profile}
    return render(request, "registry/profile_text.html", context, status=status)


def _preference_page(
    request: OrganizationRequest,
    form: PreferenceForm,
    profile: Profile,
    part: str,
    key: str,
    shown: Preference,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "profile": profile,
        "part": part,
        "key": key,
        "title": "Everything else" if key == EVERYTHING else key,
        "kind": PARTS[part],
        "models": model_rows(shown.models),
        "cloud_fallbacks": model_rows(shown.cloud_fallbacks),
        "references": enabled_references(request.organization),
        "tasks": list(TASK_WORDS),
        "is_there": key in (profile.document.get(part) or {}),
        "fits": fits_of(request.organization, Needs.of(shown.requirements)),
    }
    return render(request, "registry/preference_form.html", context, status=status)
