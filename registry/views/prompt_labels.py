"""Moving the labels of a prompt, taking them away, rolling them back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from registry.access import OrganizationRequest, editor_required
from registry.forms.prompts import LabelForm
from registry.models import AuditEntry, Prompt
from registry.queries.prompts import label_moves
from registry.services.prompt_labels import (
    LabelOutcome,
    LabelRefused,
    StaleLabel,
    move_label,
    remove_label,
    roll_back_label,
    undo_label_change,
)
from registry.views.prompt_lookup import prompt_or_404, render_prompt


@require_POST
@editor_required
def prompt_label(request: OrganizationRequest, name: str) -> HttpResponse:
    """Put a label on a version; without a number take it away."""
    prompt = prompt_or_404(request, name)
    form = LabelForm(request.POST)
    if not form.is_valid():
        problem = next(iter(form.errors.values()))[0]
        return render_prompt(request, prompt, 422, problem=problem)
    label = form.cleaned_data["label"].strip()
    number = form.cleaned_data["number"]
    expected = form.cleaned_data["expected_moves"]
    try:
        if number is None:
            outcome = remove_label(
                prompt=prompt,
                label=label,
                actor=request.user,
                expected_moves=expected,
            )
        else:
            outcome = move_label(
                prompt=prompt,
                label=label,
                to_number=number,
                actor=request.user,
                expected_moves=expected,
            )
    except (StaleLabel, LabelRefused) as error:
        return _refused(request, prompt, error)
    return _done(request, prompt, outcome)


@require_POST
@editor_required
def prompt_label_roll_back(
    request: OrganizationRequest, name: str, label: str, moves: int
) -> HttpResponse:
    """Put the label where it was before, unless it was moved since `moves`."""
    prompt = prompt_or_404(request, name)
    try:
        outcome = roll_back_label(
            prompt=prompt, label=label, actor=request.user, expected_moves=moves
        )
    except (StaleLabel, LabelRefused) as error:
        return _refused(request, prompt, error)
    return _done(request, prompt, outcome)


@require_POST
@editor_required
def prompt_label_undo(
    request: OrganizationRequest, name: str, entry_id: int
) -> HttpResponse:
    """Take back the move that an entry of the audit log tells of."""
    prompt = prompt_or_404(request, name)
    entry = get_object_or_404(
        AuditEntry,
        pk=entry_id,
        organization=request.organization,
        object_type="prompt",
        object_id=str(prompt.pk),
    )
    try:
        outcome = undo_label_change(prompt=prompt, entry=entry, actor=request.user)
    except (StaleLabel, LabelRefused) as error:
        return _refused(request, prompt, error)
    return _done(request, prompt, outcome)


def _refused(
    request: OrganizationRequest, prompt: Prompt, error: Exception
) -> HttpResponse:
    status = 409 if isinstance(error, StaleLabel) else 422
    return render_prompt(request, prompt, status, problem=str(error))


def _done(
    request: OrganizationRequest, prompt: Prompt, outcome: LabelOutcome
) -> HttpResponse:
    label = outcome.label
    if not outcome.is_new:
        messages.info(request, f"Nothing to change: {label} is there already.")
    elif outcome.to_number is None:
        messages.success(request, f"{label} is taken away.", _undo(prompt, label, 0))
    else:
        undo = ""
        if outcome.from_number is not None:
            moves = label_moves(prompt).filter(label=label).count()
            undo = _undo(prompt, label, moves)
        messages.success(request, f"{label} is on v{outcome.to_number} now.", undo)
    return redirect("registry:prompt_detail", prompt.name)


def _undo(prompt: Prompt, label: str, moves: int) -> str:
    return reverse("registry:prompt_label_roll_back", args=[prompt.name, label, moves])
