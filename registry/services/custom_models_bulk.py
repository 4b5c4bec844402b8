"""Adding many models of an organisation's own at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from registry.audit import change_entry
from registry.facts import EDITED
from registry.model_ids import CUSTOM, check_model_name
from registry.models import AIModel, AuditEntry, Organization, Price, Provider, User
from registry.rates import base_rates
from registry.rates_check import check_document
from registry.services.custom_models import CustomFacts, check_memory, mark_stated
from registry.services.model_settings_bulk import ModelsRefused
from registry.snapshots import stated

New = tuple[str, CustomFacts]
"""A reference, provider/model-id, with what is stated of the model."""


@transaction.atomic
def add_custom_models(
    *,
    organization: Organization,
    wanted: Sequence[New],
    actor: User | None,
    actor_label: str = "",
) -> list[AIModel]:
    """The rules are those of `add_custom_model`. Raises ModelsRefused with everything
    that is wrong."""
    providers = _providers({name.partition("/")[0] for name, _ in wanted})
    taken = _taken({name.partition("/")[2] for name, _ in wanted}, organization)
    found: list[AIModel] = []
    problems: dict[str, str] = {}
    for reference, given in wanted:
        slug, _, model_name = reference.partition("/")
        problem = taken.get(reference, "")
        if slug not in providers:
            problem = f"There is no provider {slug}. Known here is also “{CUSTOM}”."
        if not problem:
            row = AIModel(
                organization=organization,
                provider=providers[slug],
                model_name=model_name,
                **given.facts,
            )
            problem = _problem(row, given)
            found.append(row)
        if problem:
            problems[reference] = problem
    if problems:
        raise ModelsRefused(problems)
    _write(found, [given for _, given in wanted], actor, actor_label)
    return found


def _providers(slugs: set[str]) -> dict[str, Provider]:
    if CUSTOM in slugs:
        Provider.objects.get_or_create(
            slug=CUSTOM, defaults={"name": "Custom", "source": EDITED}
        )
    return {one.slug: one for one in Provider.objects.filter(slug__in=slugs)}


def _taken(names: set[str], organization: Organization) -> dict[str, str]:
    rows = AIModel.objects.visible_to(organization).filter(model_name__in=names)
    return {
        one.reference: "You have it already."
        if one.organization_id
        else "The catalogue has it already. Enable that one under models."
        for one in rows.select_related("provider")
    }


def _problem(row: AIModel, given: CustomFacts) -> str:
    row.name = row.name or row.model_name
    said: list[str] = []
    try:
        check_model_name(row.provider.slug, row.model_name)
    except ValidationError as error:
        said += error.messages
    try:
        # Not the checks that ask the database: they were made for all at once.
        row.clean_fields(exclude=["provider", "organization", "model_name"])
        check_memory(row)
    except ValidationError as error:
        said += [
            f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()
        ]
    if given.rates:
        try:
            check_document(given.rates)
        except (ValueError, KeyError, TypeError) as error:
            said.append(str(error))
    return " ".join(said)


def _write(
    rows: list[AIModel],
    given: Sequence[CustomFacts],
    actor: User | None,
    actor_label: str,
) -> None:
    entries: list[AuditEntry] = []
    for row in rows:
        mark_stated(row, list(stated(row)), actor)
        row.search_text = row.build_search_text()
    AIModel.objects.bulk_create(rows, batch_size=500)
    today = timezone.now().date()
    prices = []
    for row, said in zip(rows, given, strict=True):
        entries.append(_entry(row, "model.added", stated(row), actor, actor_label))
        if said.rates:
            prices.append(_price(row, said.rates, today))
            after = {"rates": said.rates}
            entries.append(_entry(row, "price.added", after, actor, actor_label))
    Price.objects.bulk_create(prices, batch_size=500)
    AuditEntry.objects.bulk_create(entries, batch_size=1_000)


def _price(row: AIModel, rates: dict[str, Any], today: Any) -> Price:
    return Price(
        ai_model=row, rates=rates, source=EDITED, read_on=today, **base_rates(rates)
    )


def _entry(
    row: AIModel,
    action: str,
    after: dict[str, Any],
    actor: User | None,
    actor_label: str,
) -> AuditEntry:
    return change_entry(
        organization=row.organization,
        actor=actor,
        actor_label=actor_label,
        action=action,
        target=row,
        before=None,
        after=after,
    )
