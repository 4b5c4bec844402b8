"""Profiles: the list, one of them, who has it, deleting, carrying in and out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from registry.access import (
    OrganizationRequest,
    admin_required,
    editor_required,
    member_required,
)
from registry.forms.profiles import ProfileImportForm
from registry.lined.document import MAX_BYTES, Unreadable
from registry.models import ApiToken, Profile
from registry.profiles.files import read_profile, write_profile
from registry.queries.profile_pages import enabled_references, this_machine
from registry.queries.profiles import deleted_profiles, file_of, profiles_of
from registry.queries.references import resolve_reference
from registry.services.profile_activation import (
    activate_for_person,
    activate_for_token,
    set_default_model,
)
from registry.services.profiles import (
    ProfileRefused,
    copy_profile,
    delete_profile,
    import_profile,
    restore_profile,
)
from registry.views.profile_lookup import profile_or_404, render_profile

OWNER = "owner"


@require_GET
@member_required
def profile_list(request: OrganizationRequest) -> HttpResponse:
    return render_list(request)


def render_list(
    request: OrganizationRequest, status: int = 200, problems: tuple[str, ...] = ()
) -> HttpResponse:
    context = {
        "profiles": profiles_of(request.organization),
        "deleted": deleted_profiles(request.organization),
        "machine": this_machine(),
        "references": enabled_references(request.organization),
        "import_form": ProfileImportForm(),
        "problems": problems,
    }
    return render(request, "registry/profile_list.html", context, status=status)


@require_GET
@member_required
def profile_detail(request: OrganizationRequest, slug: str) -> HttpResponse:
    return render_profile(request, profile_or_404(request, slug))


@require_POST
@member_required
def profile_activate(request: OrganizationRequest, slug: str) -> HttpResponse:
    """For whoever asks; again takes it away."""
    profile = profile_or_404(request, slug)
    membership = request.membership
    is_mine = membership.profile_id == profile.pk
    chosen = None if is_mine else profile
    activate_for_person(membership=membership, profile=chosen, actor=request.user)
    said = "is not active for you any more" if is_mine else "is active for you"
    messages.success(request, f"{profile.name} {said}.")
    return redirect(profile)


@require_POST
@admin_required
def profile_token(request: OrganizationRequest, slug: str, pk: int) -> HttpResponse:
    """Give an API token this profile, take it away, or let it follow its owner."""
    profile = profile_or_404(request, slug)
    token = get_object_or_404(
        ApiToken, organization=request.organization, pk=pk, revoked_at=None
    )
    choice = request.POST.get("profile", "")
    try:
        activate_for_token(
            token=token,
            profile=profile if choice == profile.slug else None,
            follows_owner=choice == OWNER,
            actor=request.user,
        )
    except ProfileRefused as refused:
        return render_profile(request, profile, 422, problems=refused.problems)
    messages.success(request, f"The profile of {token.label} is set.")
    return redirect(profile)


@require_POST
@editor_required
def profile_copy(request: OrganizationRequest, slug: str) -> HttpResponse:
    profile = profile_or_404(request, slug)
    name = request.POST.get("name", "").strip() or f"{profile.name} (copy)"
    try:
        copied = copy_profile(profile=profile, name=name[:120], actor=request.user)
    except ProfileRefused as refused:
        return render_profile(request, profile, 422, problems=refused.problems)
    messages.success(request, f"{copied.name} says the same as {profile.name}.")
    return redirect(copied)


@require_POST
@editor_required
def profile_delete(request: OrganizationRequest, slug: str) -> HttpResponse:
    profile = profile_or_404(request, slug)
    try:
        delete_profile(profile=profile, actor=request.user)
    except ProfileRefused as refused:
        return render_profile(request, profile, 422, problems=refused.problems)
    messages.success(request, f"{profile.name} is deleted.")
    return redirect("registry:profile_list")


@require_POST
@editor_required
def profile_restore(request: OrganizationRequest, slug: str) -> HttpResponse:
    profile = profile_or_404(request, slug, is_deleted=True)
    try:
        restore_profile(profile=profile, actor=request.user)
    except ProfileRefused as refused:
        return render_list(request, 422, refused.problems)
    messages.success(request, f"{profile.name} is restored.")
    return redirect(profile)


@require_GET
@member_required
def profile_export(request: OrganizationRequest, slug: str) -> HttpResponse:
    profile: Profile = profile_or_404(request, slug)
    is_json = request.GET.get("format") == "json"
    kind, ending = ("application/json", "json") if is_json else ("text/yaml", "yaml")
    text = write_profile(file_of(profile), "json" if is_json else "yaml")
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    name = f"{profile.slug}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@editor_required
def profile_import(request: OrganizationRequest) -> HttpResponse:
    form = ProfileImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_list(request, 422, ("Choose a file of JSON or YAML.",))
    try:
        file = read_profile(form.cleaned_data["file"].read(MAX_BYTES + 1))
        profile, happened = import_profile(
            organization=request.organization, file=file, actor=request.user
        )
    except (Unreadable, ProfileRefused) as error:
        return render_list(request, 422, tuple(map(str, error.problems)))
    messages.success(request, f"{profile.name} is {happened}.")
    return redirect(profile)


@require_POST
@editor_required
def default_model_set(request: OrganizationRequest) -> HttpResponse:
    """The default rule: what answers where nothing else decides."""
    organization = request.organization
    word = request.POST.get("model", "").strip()
    ai_model = resolve_reference(word, organization).ai_model if word else None
    if word and ai_model is None:
        return render_list(request, 422, (f"There is no model “{word[:80]}”.",))
    try:
        set_default_model(
            organization=organization, ai_model=ai_model, actor=request.user
        )
    except ProfileRefused as refused:
        return render_list(request, 422, refused.problems)
    name = ai_model.reference if ai_model else "no model"
    messages.success(request, f"The default rule says {name} now.")
    return redirect("registry:profile_list")
