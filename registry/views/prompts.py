"""Prompts: the list, one with its versions, trying one, archiving."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, editor_required, member_required
from registry.forms.prompts import DescriptionForm, PromptListForm, given_values
from registry.models import Prompt
from registry.prompts.naming import PromptReference
from registry.prompts.starting_texts import STARTING_TEXTS
from registry.queries.prompt_pages import trial_of, used_variables
from registry.queries.prompts import PromptNotFound, prompt_rows, version_of
from registry.services.prompts import (
    PromptRefused,
    add_starting_prompts,
    archive_prompt,
    describe_prompt,
    restore_prompt,
)
from registry.views.prompt_lookup import prompt_or_404, render_prompt

RESULTS = "prompts-results"
TRIAL = "prompt-trial"


@require_GET
@member_required
def prompt_list(request: OrganizationRequest) -> HttpResponse:
    """All prompts with their labels and users; the state is in the address."""
    form = PromptListForm(request.GET)
    form.is_valid()
    words = form.cleaned_data.get("q", "")
    archived = form.cleaned_data.get("state") == "archived"
    rows = prompt_rows(request.organization, words, archived=archived)
    names = {one.prompt.name for one in rows}
    context = {
        "form": form,
        "rows": rows,
        "words": words,
        "archived": archived,
        "starting": [one for one in STARTING_TEXTS if one.name not in names],
    }
    return render_page(
        request,
        "registry/prompt_list.html",
        "registry/_prompt_list_results.html",
        RESULTS,
        context,
    )


@require_POST
@editor_required
def prompt_starting(request: OrganizationRequest) -> HttpResponse:
    """Create the starting texts whose name is free."""
    added = add_starting_prompts(organization=request.organization, actor=request.user)
    if added:
        messages.success(request, f"{len(added)} prompts added. Edit them to fit.")
    else:
        messages.info(request, "All starting texts are here already.")
    return redirect("registry:prompt_list")


@require_GET
@member_required
def prompt_detail(request: OrganizationRequest, name: str) -> HttpResponse:
    """One prompt; `?version=` is shown in full, `?old=&new=` are compared."""
    return render_prompt(request, prompt_or_404(request, name))


@require_POST
@member_required
def prompt_try(request: OrganizationRequest, name: str, number: int) -> HttpResponse:
    """The text of a version with the values of the form, as a model would get it."""
    prompt = prompt_or_404(request, name)
    try:
        version = version_of(prompt, PromptReference(name, "", number))
    except PromptNotFound as error:
        return render_prompt(request, prompt, 404, problem=str(error))
    trial = trial_of(version, given_values(request.POST, used_variables(version)))
    if is_fragment(request, TRIAL):
        return render(request, "registry/_prompt_trial.html", {"trial": trial})
    return render_prompt(request, prompt, trial=trial)


@require_POST
@editor_required
def prompt_describe(request: OrganizationRequest, name: str) -> HttpResponse:
    prompt = prompt_or_404(request, name)
    form = DescriptionForm(request.POST)
    if not form.is_valid():
        return render_prompt(
            request, prompt, 422, problem=form.errors["description"][0]
        )
    describe_prompt(
        prompt=prompt, actor=request.user, description=form.cleaned_data["description"]
    )
    return redirect("registry:prompt_detail", prompt.name)


@require_POST
@editor_required
def prompt_archive(request: OrganizationRequest, name: str) -> HttpResponse:
    prompt = prompt_or_404(request, name)
    try:
        archive_prompt(prompt=prompt, actor=request.user)
    except PromptRefused as refused:
        return render_prompt(request, prompt, 422, problem=str(refused))
    messages.success(request, f"{prompt.name} is archived: nobody is served it now.")
    return redirect("registry:prompt_detail", prompt.name)


@require_POST
@editor_required
def prompt_restore(request: OrganizationRequest, name: str) -> HttpResponse:
    prompt: Prompt = prompt_or_404(request, name)
    restore_prompt(prompt=prompt, actor=request.user)
    messages.success(request, f"{prompt.name} is restored.")
    return redirect("registry:prompt_detail", prompt.name)
