"""Making and changing experiments that do not run yet."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from recommender.experiment_drafts import (
    ARM_KEYS,
    PLAIN_FIELDS,
    ArmDraft,
    ExperimentDraft,
    draft_errors,
)
from recommender.models import (
    CONTROL,
    Experiment,
    ExperimentArm,
    ExperimentEventKind,
    ExperimentKind,
    ExperimentState,
)
from recommender.queries.experiment_control import Control, control_of
from recommender.services.experiment_changes import (
    ExperimentRefused,
    add_event,
    locked,
    require,
)
from registry.audit import record_change
from registry.models import Feature, Organization, User
from registry.parameters import ParameterError, clean_parameters

RESERVED_SLUGS: Final = frozenset({"new"})
SLUG_LENGTH: Final = 60


@transaction.atomic
def create_experiment(
    *,
    organization: Organization,
    feature: Feature,
    draft: ExperimentDraft,
    actor: User | None,
    actor_label: str = "",
) -> Experiment:
    """A draft with its arms. Raises ExperimentRefused with errors by field."""
    control = _checked(organization, feature, draft)
    row = Experiment(
        organization=organization,
        feature=feature,
        slug=_slug(organization, draft),
        salt=secrets.token_hex(8),
        created_by=actor,
    )
    _fill(row, draft)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        message = f"There is an experiment {row.slug} already."
        raise ExperimentRefused("", {"slug": message}) from error
    _write_arms(row, draft, control)
    text = f"Drafted for {feature.name}."
    add_event(
        row,
        ExperimentEventKind.CREATED,
        text,
        actor=actor,
        actor_label=actor_label,
    )
    record_change(
        organization=organization,
        actor=actor,
        actor_label=actor_label,
        action="experiment.created",
        target=row,
        before=None,
        after={"feature": feature.key, **_facts(row)},
    )
    return row


@transaction.atomic
def edit_experiment(
    *,
    experiment: Experiment,
    draft: ExperimentDraft,
    actor: User | None,
    expected_version: int | None = None,
    actor_label: str = "",
) -> Experiment:
    """Say anew all that a draft says; feature and slug stay. Raises ExperimentRefused,
    and StaleExperiment where somebody else changed it meanwhile."""
    row = locked(experiment, expected_version)
    require(row, ExperimentState.DRAFT, verb="edited any more")
    control = _checked(row.organization, row.feature, draft)
    before = _facts(row)
    _fill(row, draft)
    row.arms.all().delete()
    _write_arms(row, draft, control)
    row.version += 1
    row.save()
    add_event(
        row,
        ExperimentEventKind.EDITED,
        "Edited.",
        actor=actor,
        actor_label=actor_label,
    )
    record_change(
        organization=row.organization,
        actor=actor,
        actor_label=actor_label,
        action="experiment.edited",
        target=row,
        before=before,
        after=_facts(row),
    )
    return row


@transaction.atomic
def delete_draft(
    *, experiment: Experiment, actor: User | None, actor_label: str = ""
) -> None:
    """Raises ExperimentRefused for one that ran: what it found is kept."""
    row = locked(experiment, None)
    require(row, ExperimentState.DRAFT, verb="deleted")
    record_change(
        organization=row.organization,
        actor=actor,
        actor_label=actor_label,
        action="experiment.deleted",
        target=row,
        before={"feature": row.feature.key, **_facts(row)},
        after=None,
    )
    row.delete()


def _checked(
    organization: Organization, feature: Feature, draft: ExperimentDraft
) -> Control:
    """The control arm. Raises ExperimentRefused for a draft that cannot be kept."""
    if feature.organization_id != organization.pk:
        raise ExperimentRefused("", {"feature": "There is no such feature."})
    errors = draft_errors(draft)
    for arm in draft.candidates:
        errors |= _arm_errors(organization, arm)
    control = control_of(feature)
    if control is None:
        errors["feature"] = f"{feature.name} has no model yet. Assign one first."
    elif "candidates" not in errors:
        errors |= _same_errors(control, draft)
    if errors or control is None:
        raise ExperimentRefused("", errors)
    return control


def _arm_errors(organization: Organization, arm: ArmDraft) -> dict[str, str]:
    model, version = arm.ai_model, arm.prompt_version
    if model.organization_id not in {None, organization.pk}:
        return {"candidates": "There is no such model."}
    if version and version.prompt.organization_id != organization.pk:
        return {"candidates": "There is no such prompt."}
    try:
        clean_parameters(arm.parameters, max_output_tokens=model.max_output_tokens)
    except ParameterError as error:
        return {"candidates": f"{model.reference}: {error}"}
    return {}


def _same_errors(control: Control, draft: ExperimentDraft) -> dict[str, str]:
    """Two arms that do the same compare nothing."""
    seen = {_doing(control)}
    for arm in draft.candidates:
        doing = _doing(arm)
        if doing in seen:
            name = arm.ai_model.reference
            message = f"{name} does here what another arm does already."
            return {"candidates": message}
        seen.add(doing)
    return {}


def _doing(arm: ArmDraft | Control) -> tuple[object, ...]:
    parameters = clean_parameters(arm.parameters)
    version = arm.prompt_version
    return (arm.ai_model.pk, repr(parameters), version.pk if version else None)


def _slug(organization: Organization, draft: ExperimentDraft) -> str:
    """The one that was asked for, or a free one made of the name."""
    asked = draft.slug.strip()
    if asked:
        if asked in RESERVED_SLUGS:
            message = f"“{asked}” is a page here. Choose another one."
            raise ExperimentRefused("", {"slug": message})
        return asked
    base = slugify(draft.name)[: SLUG_LENGTH - 5].strip("-") or "experiment"
    taken = (
        set(
            Experiment.objects.filter(
                organization=organization, slug__startswith=base
            ).values_list("slug", flat=True)
        )
        | RESERVED_SLUGS
    )
    if base not in taken:
        return base
    return next(
        slug for number in range(2, 10_000) if (slug := f"{base}-{number}") not in taken
    )


def _fill(row: Experiment, draft: ExperimentDraft) -> None:
    for name in PLAIN_FIELDS:
        setattr(row, name, getattr(draft, name))
    row.name, row.hypothesis = draft.name.strip(), draft.hypothesis.strip()
    row.steps = list(draft.steps) if draft.kind == ExperimentKind.CANARY else []
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors = {field: " ".join(said) for field, said in error.message_dict.items()}
        raise ExperimentRefused("", errors) from error


def _write_arms(row: Experiment, draft: ExperimentDraft, control: Control) -> None:
    is_canary = row.is_canary
    arms = [control_arm(row, control)]
    arms[0].share_percent = 0 if is_canary else draft.control_share_percent
    for position, (key, arm) in enumerate(
        zip(ARM_KEYS, draft.candidates, strict=False), start=1
    ):
        limit = arm.ai_model.max_output_tokens
        arms.append(
            ExperimentArm(
                experiment=row,
                key=key,
                name=arm.name.strip()[:120] or arm.ai_model.reference[:120],
                ai_model=arm.ai_model,
                reference=arm.ai_model.reference,
                parameters=clean_parameters(arm.parameters, max_output_tokens=limit),
                prompt_version=arm.prompt_version,
                share_percent=0 if is_canary else arm.share_percent,
                position=position,
            )
        )
    ExperimentArm.objects.bulk_create(arms)


def control_arm(row: Experiment, control: Control) -> ExperimentArm:
    return ExperimentArm(
        experiment=row,
        key=CONTROL,
        name="Assignment",
        is_control=True,
        ai_model=control.ai_model,
        reference=control.ai_model.reference,
        parameters=dict(control.parameters),
        prompt_version=control.prompt_version,
    )


def _facts(row: Experiment) -> dict[str, Any]:
    """What a draft says, for the audit log."""
    facts: dict[str, Any] = {name: getattr(row, name) for name in PLAIN_FIELDS}
    facts["cost_cap_usd"] = None if row.cost_cap_usd is None else str(row.cost_cap_usd)
    facts["steps"] = list(row.steps)
    facts["arms"] = [
        f"{arm.key}: {arm.reference} {arm.share_percent} %" for arm in row.arms.all()
    ]
    return facts
