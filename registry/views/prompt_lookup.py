"""The prompt an address names, or 404; its page, whatever happened before."""

from typing import Any

from django.http import Http404, HttpResponse

from modelhub.htmx import render_page
from registry.access import OrganizationRequest
from registry.forms.prompts import ShownForm
from registry.models import Prompt
from registry.queries.prompt_pages import Trial, prompt_page, used_variables
from registry.queries.prompts import find_prompt

PAGE = "registry/prompt_detail.html"
COMPARISON = "prompt-difference"


def prompt_or_404(request: OrganizationRequest, name: str) -> Prompt:
    """The organisation's prompt, archived or not."""
    prompt = find_prompt(request.organization, name)
    if prompt is None:
        raise Http404(f"There is no prompt “{name[:80]}” in this organisation.")
    return prompt


def render_prompt(
    request: OrganizationRequest, prompt: Prompt, status: int = 200, **extra: Any
) -> HttpResponse:
    """The page of `prompt`, or the comparison of two versions alone."""
    form = ShownForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    page = prompt_page(
        prompt,
        version=wanted.get("version") or 0,
        old=wanted.get("old") or 0,
        new=wanted.get("new") or 0,
        show_all=bool(wanted.get("all")),
    )
    context = {
        "prompt": prompt,
        "page": page,
        "comparison": page.comparison,
        "trial": Trial(page.shown, used_variables(page.shown)),
        "address": request.build_absolute_uri(f"/api/prompts/{prompt.name}"),
        **extra,
    }
    return render_page(
        request,
        PAGE,
        "registry/_prompt_difference.html",
        COMPARISON,
        context,
        status=status,
    )
