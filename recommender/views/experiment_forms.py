"""Writing an experiment before it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from recommender.experiment_drafts import MOST_CANDIDATES, ExperimentDraft
from recommender.forms.experiment_arms import (
    LESS,
    MORE,
    ArmForm,
    arm_initial,
    posted_arms,
    posted_count,
)
from recommender.forms.experiments import (
    FIELD_OF,
    ExperimentForm,
    StartingForm,
    VersionForm,
    experiment_initial,
)
from recommender.models import Experiment, ExperimentState
from recommender.queries.callable_models import model_choices
from recommender.queries.experiment_lists import feature_choices
from recommender.services.experiment_changes import ExperimentRefused
from recommender.services.experiments import create_experiment, edit_experiment
from recommender.views.experiments import one_experiment, page_of
from registry.access import OrganizationRequest, editor_required
from registry.models import Feature


class Editor:
    """The form of an experiment with those of its candidates, for one organisation."""

    def __init__(self, request: OrganizationRequest) -> None:
        self.organization = request.organization
        self.models = model_choices(self.organization)
        self.features = feature_choices(self.organization, timezone.now())
        self.problems: dict[str, str] = {}

    def begin(
        self, initial: Mapping[str, Any], arms: Sequence[Mapping[str, Any]]
    ) -> None:
        """With start values."""
        self.form = ExperimentForm(self.features, initial=dict(initial))
        self.arms = [
            ArmForm(self.organization, self.models, number=number, initial=values)
            for number, values in enumerate(arms)
        ]

    def read(self, data: Mapping[str, Any]) -> ExperimentDraft | None:
        """What was sent; None where something is wrong, which stands at its field."""
        self.form = ExperimentForm(self.features, data)
        self.arms = [
            ArmForm(self.organization, self.models, number=number, data=data)
            for number in range(posted_count(data))
        ]
        asked = [one for one in self.arms if not one.is_left_out]
        if data.get("kind") == "canary":
            asked = asked[:1]
        # All of them are asked, so that all that is wrong is said at once.
        if not all([self.form.is_valid(), *(one.is_valid() for one in asked)]):
            return None
        return self.form.draft([one.draft for one in asked])

    def refuse(self, refused: ExperimentRefused) -> None:
        """Put what the service says where the person can mend it."""
        for name, text in refused.errors.items():
            field = FIELD_OF.get(name, name)
            if field in self.form.fields:
                self.form.add_error(field, text)
            else:
                self.problems[field] = text
        if not refused.errors:
            self.form.add_error(None, str(refused))

    @property
    def context(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "arms": self.arms,
            "models": self.models,
            "problems": self.problems,
            "has_features": bool(self.features),
            "can_add": len(self.arms) < MOST_CANDIDATES,
        }


@require_http_methods(["GET", "POST"])
@editor_required
def experiment_new(request: OrganizationRequest) -> HttpResponse:
    editor = Editor(request)
    if request.method != "POST":
        return _begun(request, editor)
    if _is_only_shaping(request):
        return _shaped(request, editor)
    draft = editor.read(request.POST)
    if draft is not None:
        feature = Feature.objects.select_related("organization").get(
            organization=request.organization,
            key=editor.form.cleaned_data["feature"],
            archived_at=None,
        )
        try:
            made = create_experiment(
                organization=request.organization,
                feature=feature,
                draft=draft,
                actor=request.user,
            )
        except ExperimentRefused as refused:
            editor.refuse(refused)
        else:
            messages.success(request, f"{made.name} is drafted. Nothing runs yet.")
            return redirect(made)
    return _page(request, editor, status=422)


@require_http_methods(["GET", "POST"])
@editor_required
def experiment_edit(request: OrganizationRequest, slug: str) -> HttpResponse:
    one, editor = one_experiment(request, slug), Editor(request)
    if one.state != ExperimentState.DRAFT:
        said = f"{one.name} has run: only drafts are edited."
        return page_of(request, one, refused=said)
    if request.method != "POST":
        candidates = [arm for arm in one.arms.all() if not arm.is_control]
        editor.begin(experiment_initial(one), [arm_initial(arm) for arm in candidates])
        return _page(request, editor, one)
    if _is_only_shaping(request):
        return _shaped(request, editor, one)
    draft = editor.read(request.POST)
    form = VersionForm(request.POST)
    if draft is not None and form.is_valid():
        try:
            edit_experiment(
                experiment=one,
                draft=draft,
                actor=request.user,
                expected_version=form.cleaned_data["version"],
            )
        except ExperimentRefused as refused:
            editor.refuse(refused)
        else:
            messages.success(request, f"{one.name} is saved.")
            return redirect(one)
    return _page(request, editor, one, status=422)


def _begun(request: OrganizationRequest, editor: Editor) -> HttpResponse:
    form = StartingForm(request.GET)
    found = form.cleaned_data if form.is_valid() else {}
    key = found.get("feature", "")
    names = dict(editor.features)
    model = next(
        (
            one.ai_model
            for one in editor.models
            if str(one.ai_model.pk) == found.get("model")
        ),
        None,
    )
    initial = {"feature": key if key in names else ""}
    if found.get("kind"):
        initial["kind"] = found["kind"]
    if key in names and model is not None:
        initial["name"] = f"{model.model_name} for {names[key].rpartition(', ')[0]}"
    editor.begin(initial, [{"model": model.pk if model else ""}])
    return _page(request, editor)


def _is_only_shaping(request: OrganizationRequest) -> bool:
    """A candidate more or less, and nothing is kept yet."""
    return MORE in request.POST or LESS in request.POST


def _shaped(
    request: OrganizationRequest, editor: Editor, one: Experiment | None = None
) -> HttpResponse:
    editor.begin(request.POST.dict(), posted_arms(request.POST.dict()))
    return _page(request, editor, one)


def _page(
    request: OrganizationRequest,
    editor: Editor,
    one: Experiment | None = None,
    status: int = 200,
) -> HttpResponse:
    context = editor.context | {"one": one, "is_refused": status != 200}
    return render(request, "recommender/experiment_form.html", context, status=status)
