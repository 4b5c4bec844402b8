"""Adding a connection, editing one, and replacing its key: dialogs over the list, and
pages of their own without JavaScript."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from modelhub.htmx import is_fragment, render_page
from registry.access import OrganizationRequest, admin_required
from registry.connection_facts import key_words
from registry.connection_providers import (
    ProviderChoice,
    provider_choices,
    provider_named,
)
from registry.forms.connections import (
    ConnectionAddForm,
    ConnectionEditForm,
    KeyForm,
    connection_initial,
)
from registry.models import Connection
from registry.services.connection_checks import (
    Outcome,
    check_connection,
    probe,
    store_outcome,
)
from registry.services.connections import (
    StaleConnection,
    add_connection,
    draft_connection,
    edit_connection,
    replace_key,
)
from registry.views.connections import DIALOG, connection_or_404, outcome_text

HINTS = "provider-hints"


@require_http_methods(["GET", "POST"])
@admin_required
def connection_add(request: OrganizationRequest) -> HttpResponse:
    """A new connection: tested first, then stored. What is wrong is said in words, and
    what was typed stays, except for the key."""
    choices = provider_choices()
    if request.method == "GET":
        initial = {"provider": request.GET.get("provider") or "openai"}
        form = ConnectionAddForm(initial=initial, choices=choices)
        return _add_page(request, form, choices, initial["provider"])
    form = ConnectionAddForm(request.POST, choices=choices)
    slug = request.POST.get("provider", "")
    if not form.is_valid():
        return _add_page(request, form, choices, slug)
    try:
        draft = draft_connection(
            organization=request.organization,
            provider=provider_named(form.cleaned_data["provider"]),
            **form.facts,
        )
        outcome = probe(draft)
        if not outcome.is_ok and "anyway" not in request.POST:
            return _add_page(request, form, choices, slug, outcome=outcome)
        connection = add_connection(connection=draft, actor=request.user)
    except ValidationError as refusal:
        form.add_refusal(refusal)
        return _add_page(request, form, choices, slug)
    store_outcome(connection, outcome)
    return _saved(request, connection, outcome, "added")


@require_http_methods(["GET", "POST"])
@admin_required
def connection_edit(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Everything but the provider; saved, then tested."""
    connection = connection_or_404(request, pk)
    if request.method == "GET":
        form = ConnectionEditForm(initial=connection_initial(connection))
        return _edit_page(request, form, connection)
    form = ConnectionEditForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, form, connection)
    try:
        changed = edit_connection(
            connection=connection,
            actor=request.user,
            expected_version=form.cleaned_data["expected_version"],
            **form.facts,
        )
    except StaleConnection as stale:
        return _edit_page(request, _anew(form, stale), stale.current, is_stale=True)
    except ValidationError as refusal:
        form.add_refusal(refusal)
        return _edit_page(request, form, connection)
    if not changed:
        messages.success(request, "Nothing to change.")
        return _back(request, connection)
    return _saved(request, connection, check_connection(connection), "saved")


@require_http_methods(["GET", "POST"])
@admin_required
def connection_key(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Another key; stored, then tested."""
    connection = connection_or_404(request, pk)
    initial = {"key_variable": connection.key_variable}
    form = KeyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            replace_key(connection=connection, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_refusal(refusal)
        else:
            outcome = check_connection(connection)
            return _saved(request, connection, outcome, "key replaced")
    context = {"connection": connection, "key": key_words(connection)}
    return _dialog(request, "connection_key", form, context)


def _add_page(
    request: OrganizationRequest,
    form: ConnectionAddForm,
    choices: list[ProviderChoice],
    slug: str,
    outcome: Outcome | None = None,
) -> HttpResponse:
    choice = next((one for one in choices if one.slug == slug), None)
    context = {"choice": choice, "outcome": outcome}
    if is_fragment(request, HINTS):
        return render(request, "registry/_connection_provider_hints.html", context)
    return _dialog(request, "connection_add", form, context)


def _edit_page(
    request: OrganizationRequest,
    form: ConnectionEditForm,
    connection: Connection,
    **extra: Any,
) -> HttpResponse:
    slug = connection.provider.slug
    choice = next(one for one in provider_choices() if one.slug == slug)
    context = {
        "connection": connection,
        "choice": choice,
        "key": key_words(connection),
        **extra,
    }
    status = 409 if extra else None
    return _dialog(request, "connection_edit", form, context, status)


def _anew(form: ConnectionEditForm, stale: StaleConnection) -> ConnectionEditForm:
    """The same form on top of what is there now: saving it again is a decision."""
    version = str(stale.current.version)
    return ConnectionEditForm({**form.data.dict(), "expected_version": version})  # type: ignore[attr-defined]  # a QueryDict


def _dialog(
    request: OrganizationRequest,
    name: str,
    form: KeyForm,
    context: dict[str, Any],
    status: int | None = None,
) -> HttpResponse:
    """A dialog for the list, or a page with the same form."""
    return render_page(
        request,
        f"registry/{name}.html",
        f"registry/_{name}.html",
        DIALOG,
        {**context, "form": form, "is_fragment": is_fragment(request, DIALOG)},
        status or (422 if request.method == "POST" else 200),
    )


def _saved(
    request: OrganizationRequest, connection: Connection, outcome: Outcome, done: str
) -> HttpResponse:
    text = f"{connection.label} {done}. {outcome_text(connection, outcome)}"
    if outcome.is_ok:
        text = f"{connection.label} {done}: it answers in {outcome.latency_ms} ms."
        if connection.discovered_at is None:
            text += " Next: discover its models."
    level = messages.SUCCESS if outcome.is_ok else messages.WARNING
    messages.add_message(request, level, text)
    return _back(request, connection)


def _back(request: OrganizationRequest, connection: Connection) -> HttpResponse:
    """To the list, from where dialogs open; without JavaScript to its own page."""
    if is_fragment(request, DIALOG):
        return HttpResponseClientRedirect(reverse("registry:connection_list"))
    return redirect("registry:connection_detail", connection.pk)
