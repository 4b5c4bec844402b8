"""Taking back the newest switch of a pack."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from registry.access import OrganizationRequest, editor_required, member_required
from registry.forms.packs import ForceForm
from registry.packs.finding_words import grouped
from registry.queries.pack_history import switch_rows
from registry.queries.pack_roll_back import RollBackPlan, roll_back_plan
from registry.queries.pack_situation import active_pack
from registry.services.pack_switches import roll_back_switch
from registry.services.pack_switching import StaleSwitch, SwitchRefused

PAGE = "registry/pack_roll_back.html"


@require_GET
@member_required
def pack_undo(request: OrganizationRequest) -> HttpResponse:
    """What taking back the newest switch would change."""
    return _page(request, roll_back_plan(request.organization, timezone.now()))


@require_POST
@editor_required
def pack_roll_back(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Take back switch `pk`, where it still is the newest one: else a page that says
    what happened since (409). A refusal shows the reasons and asks for one (422)."""
    form = ForceForm(request.POST)
    reason = form.reason()
    plan = roll_back_plan(request.organization, timezone.now())
    if plan is None or plan.switch.pk != pk:
        return _overtaken(request)
    try:
        outcome = roll_back_switch(
            organization=request.organization,
            actor=request.user,
            expected=form.expected_state() or plan.expected,
            force_reason=reason,
        )
    except SwitchRefused as refused:
        return _page(request, plan, refused=refused, status=422)
    except StaleSwitch:
        return _overtaken(request)
    messages.success(request, outcome.text)
    for key, why in outcome.left_alone:
        messages.info(request, f"{key} was left alone: {why}")
    return redirect("registry:pack_list")


def _page(
    request: OrganizationRequest,
    plan: RollBackPlan | None,
    *,
    refused: SwitchRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "plan": plan,
        "refused": refused,
        "error_groups": grouped(plan.difference.errors) if plan else (),
    }
    return render(request, PAGE, context, status=status)


def _overtaken(request: OrganizationRequest) -> HttpResponse:
    context = {
        "active": active_pack(request.organization),
        "switches": switch_rows(request.organization, 5),
    }
    return render(request, "registry/pack_overtaken.html", context, status=409)
