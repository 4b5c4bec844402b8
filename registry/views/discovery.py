"""The buttons "Discover": ask, look how far it is, enable what is new."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from registry.access import OrganizationRequest, editor_required, member_required
from registry.models import AIModel, Connection, DiscoveryRun
from registry.queries.connections import connections_of
from registry.queries.discoveries import discoveries, runs_of
from registry.services.discovery import can_be_asked, dismiss_run
from registry.services.discovery_requests import ask_for_discovery
from registry.services.model_settings import ModelRefused, enable_model

DONE_EVENT = "discovered"
HERE = (
    "The task queue does not answer, so this page asked by itself. Look at the log of "
    "`modelhub serve`."
)


class PlaceForm(forms.Form):
    """The one connection whose page asks, if it is one's page."""

    connection = forms.IntegerField(required=False, min_value=1, max_value=2**62)


class EnableForm(forms.Form):
    """Which of the new models of a run to enable."""

    model = forms.TypedMultipleChoiceField(coerce=int)

    def __init__(self, data: QueryDict, run: DiscoveryRun) -> None:
        super().__init__(data)
        field = self.fields["model"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  # for mypy
        field.choices = [(pk, pk) for pk in run.report.get("new", {}).values()]


@require_POST
@editor_required
def connection_discover(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Ask one connection what it offers."""
    connection = get_object_or_404(connections_of(request.organization), pk=pk)
    return _ask(request, [connection])


@require_POST
@editor_required
def connection_discover_all(request: OrganizationRequest) -> HttpResponse:
    enabled = connections_of(request.organization).filter(is_enabled=True)
    return _ask(request, [one for one in enabled if can_be_asked(one)])


@require_GET
@member_required
def discovery_state(request: OrganizationRequest) -> HttpResponse:
    """How far the discoveries are. At the end the page around it is brought up to date
    too: the list by an event, a connection's own page by loading it again."""
    found = discoveries(request.organization, _place(request))
    if not getattr(request, "htmx", False):
        return _back(request)
    if found.is_running:
        return _section(request)
    if found.place is not None:
        return HttpResponseClientRefresh()
    return trigger_client_event(_section(request), DONE_EVENT)


@require_POST
@editor_required
def discovery_enable(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Enable new models of a run, and show it no more."""
    run = get_object_or_404(runs_of(request.organization), pk=pk)
    form = EnableForm(request.POST, run)
    if not form.is_valid():
        return _said(request, "Tick the models to enable.", is_good=False)
    rows = AIModel.objects.visible_to(request.organization).select_related("provider")
    count, refused = 0, []
    for ai_model in rows.filter(pk__in=form.cleaned_data["model"]):
        try:
            count += enable_model(
                organization=request.organization,
                ai_model=ai_model,
                actor=request.user,
            )
        except ModelRefused as refusal:
            refused.append(str(refusal))
    dismiss_run(run=run)
    text = f"{count} model{'' if count == 1 else 's'} enabled."
    return _said(request, " ".join([text, *refused]), is_good=not refused)


@require_POST
@editor_required
def discovery_dismiss(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Not now: the result is not shown any more."""
    run = get_object_or_404(runs_of(request.organization), pk=pk)
    if run.is_finished:
        dismiss_run(run=run)
    return _section(request) if getattr(request, "htmx", False) else _back(request)


def _ask(request: OrganizationRequest, connections: list[Connection]) -> HttpResponse:
    if not connections:
        return _said(request, "No connection can be asked.", is_good=False)
    has_worker = ask_for_discovery(connections=connections, actor=request.user)
    if not has_worker:
        return _said(request, HERE, is_good=False)
    return _section(request) if getattr(request, "htmx", False) else _back(request)


def _said(request: OrganizationRequest, text: str, is_good: bool) -> HttpResponse:
    if getattr(request, "htmx", False):
        tone = "success" if is_good else "warning"
        return trigger_client_event(_section(request, text, tone), DONE_EVENT)
    messages.add_message(
        request, messages.SUCCESS if is_good else messages.WARNING, text
    )
    return _back(request)


def _section(
    request: OrganizationRequest, toast: str = "", tone: str = ""
) -> HttpResponse:
    context = {
        "discoveries": discoveries(request.organization, _place(request)),
        "discovery_toast": toast,
        "discovery_tone": tone,
    }
    return render(request, "registry/_connection_discover.html", context)


def _place(request: OrganizationRequest) -> Connection | None:
    form = PlaceForm(request.POST if request.method == "POST" else request.GET)
    pk = form.cleaned_data["connection"] if form.is_valid() else None
    return connections_of(request.organization).filter(pk=pk).first() if pk else None


def _back(request: OrganizationRequest) -> HttpResponse:
    place = _place(request)
    if place is not None:
        return redirect("registry:connection_detail", place.pk)
    return redirect("registry:connection_list")
