"""Writing prompts: a new one, a new version, and the live check of variables."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from modelhub.htmx import render_page
from registry.access import OrganizationRequest, editor_required
from registry.forms.prompts import (
    NewPromptForm,
    TextForm,
    VersionForm,
    declared_variables,
    wished_variables,
)
from registry.models import Prompt
from registry.prompts.checking import check_prompt
from registry.prompts.difference import difference, variable_changes
from registry.prompts.template import Variable
from registry.queries.prompts import (
    declared,
    latest_version,
    version_at,
)
from registry.services.prompts import (
    PromptRefused,
    StalePrompt,
    add_version,
    create_prompt,
)
from registry.views.prompt_lookup import prompt_or_404

PAGE = "registry/prompt_form.html"
VARIABLES = "prompt-variables"


@require_http_methods(["GET", "POST"])
@editor_required
def prompt_create(request: OrganizationRequest) -> HttpResponse:
    """A new prompt with its first version."""
    if request.method == "GET":
        return _editor(request, None, NewPromptForm(), "", [])
    form = NewPromptForm(request.POST)
    if _is_check(request) or not form.is_valid():
        return _again(request, None, form)
    try:
        version = create_prompt(
            organization=request.organization,
            actor=request.user,
            variables=declared_variables(request.POST),
            **form.cleaned_data,
        )
    except ValidationError as error:
        for field, said in error.message_dict.items():
            form.add_error(field if field in form.fields else None, said)
        return _again(request, None, form)
    except PromptRefused:
        return _again(request, None, form)
    messages.success(request, f"{version.prompt.name} is created.")
    return redirect("registry:prompt_detail", version.prompt.name)


@require_http_methods(["GET", "POST"])
@editor_required
def prompt_edit(request: OrganizationRequest, name: str) -> HttpResponse:
    """A new version; the form begins with the newest, or with `?from=`."""
    prompt = prompt_or_404(request, name)
    if request.method == "GET":
        return _new_version(request, prompt)
    form = VersionForm(request.POST)
    if _is_check(request) or not form.is_valid():
        return _again(request, prompt, form)
    variables = declared_variables(request.POST)
    try:
        outcome = add_version(
            prompt=prompt, actor=request.user, variables=variables, **form.cleaned_data
        )
    except StalePrompt as stale:
        return _conflict(request, form, stale, variables)
    except PromptRefused as refused:
        return _again(request, prompt, form, refused)
    if outcome.is_new:
        text = f"v{outcome.version.number} is saved. No label has moved."
        messages.success(request, text)
    else:
        messages.info(request, "Nothing to change: the newest version says this.")
    return redirect("registry:prompt_detail", prompt.name)


@require_POST
@editor_required
def prompt_check(request: OrganizationRequest) -> HttpResponse:
    """The variables of the form again, after typing or after one of their buttons.
    Nothing is saved."""
    form = TextForm(request.POST)
    form.is_valid()
    text = form.cleaned_data.get("text", "")
    return render(request, "registry/_prompt_variables.html", _checked(request, text))


def _is_check(request: OrganizationRequest) -> bool:
    """Whether a button of the variables was pressed in a browser without JavaScript."""
    return bool({"declare", "drop", "check"} & set(request.POST))


def _new_version(request: OrganizationRequest, prompt: Prompt) -> HttpResponse:
    newest = latest_version(prompt)
    number = request.GET.get("from", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    base = (version_at(prompt, int(number)) if is_number else None) or newest
    form = VersionForm(
        initial={"text": base.text, "expected_number": newest.number, "note": ""}
    )
    return _editor(request, prompt, form, base.text, list(declared(base)))


def _again(
    request: OrganizationRequest,
    prompt: Prompt | None,
    form: TextForm,
    refused: PromptRefused | None = None,
) -> HttpResponse:
    text = request.POST.get("text", "").replace("\r\n", "\n")
    context: dict[str, Any] = {"form": form, "prompt": prompt, "refused": refused}
    context |= _checked(request, text)
    is_check = _is_check(request)
    context["is_check"] = is_check
    return render_page(
        request,
        PAGE,
        "registry/_prompt_variables.html",
        VARIABLES,
        context,
        status=200 if is_check else 422,
    )


def _checked(request: OrganizationRequest, text: str) -> dict[str, Any]:
    used = check_prompt(text, ()).used
    variables = wished_variables(request.POST, used)
    return _checked_context(text, variables)


def _checked_context(text: str, variables: list[Variable]) -> dict[str, Any]:
    checked = check_prompt(text, variables)
    known = {one.name for one in variables}
    return {
        "variables": variables,
        "checked": checked if text.strip() or variables else None,
        "undeclared": [name for name in checked.used if name not in known],
    }


def _editor(
    request: OrganizationRequest,
    prompt: Prompt | None,
    form: TextForm,
    text: str,
    variables: list[Variable],
) -> HttpResponse:
    context = {"form": form, "prompt": prompt, **_checked_context(text, variables)}
    return render(request, PAGE, context)


def _conflict(
    request: OrganizationRequest,
    form: VersionForm,
    stale: StalePrompt,
    variables: list[Variable],
) -> HttpResponse:
    """Theirs beside mine, with a way to keep either."""
    found = difference(stale.latest.text, form.cleaned_data["text"])
    context = {
        "prompt": stale.latest.prompt,
        "latest": stale.latest,
        "difference": found,
        "variable_changes": variable_changes(declared(stale.latest), variables),
        "mine": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in {"csrfmiddlewaretoken", "expected_number"}
            for value in values
        ],
    }
    return render(request, "registry/prompt_conflict.html", context, status=409)
