"""Makes the sample organisation with all that its calls name, and its past."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone

from analytics.demo.cast import PACKS, PROMPTS
from analytics.demo.features import FEATURES, Part
from analytics.demo.story import Story
from analytics.demo.world import Era, World
from analytics.services.demo_casting import Casts, cast_models, price_book
from analytics.services.demo_dates import date_back
from analytics.services.demo_packs import Cast, era_now, pack_document, prompt_text
from registry.audit import record_change
from registry.connection_rules import last_four
from registry.key_ring import encrypt
from registry.models import (
    AIModel,
    Connection,
    ConnectionModel,
    ConnectionState,
    Feature,
    Organization,
    Pack,
    PackVersion,
    Price,
    Prompt,
    Provider,
)
from registry.queries.packs import latest_version
from registry.services.api_tokens import create_token
from registry.services.features import create_feature
from registry.services.pack_switches import switch_pack
from registry.services.packs import add_version as add_pack_version
from registry.services.packs import create_pack
from registry.services.prices import SOURCE
from registry.services.prompt_labels import move_label
from registry.services.prompts import add_version, create_prompt

SLUG: Final = "sample-data"
NAME: Final = "Acme Studio"
TIME_ZONE: Final = "Europe/Berlin"
SOMEBODY: Final = "sample data"
"""Who did it, in the audit log."""
TOKENS: Final = ("web-app", "mobile-app", "jobs")
DISCOUNT_PERCENT: Final = Decimal(15)
DISCOUNT_NOTE: Final = "Committed-use discount from our second quarter on."
PROMPT_NOTE: Final = "Says more exactly what is wanted, with two examples."
NOWHERE: Final = "https://{provider}.invalid/v1"
"""The address of a sample connection; no name ends so (RFC 2606)."""
NO_KEY: Final = "sample-key-that-opens-none"
"""Features whose connection has no key at all would be told as broken."""


@transaction.atomic
def make_organization(*, name: str, story: Story) -> World:
    """The sample organisation, without members and calls. Raises SampleRefused."""
    organization = Organization.objects.create(
        slug=SLUG, name=name, is_sample=True, time_zone=story.zone.key
    )
    casts = cast_models(organization, timezone.now())
    connections = _add_connections(organization, casts, story)
    tokens = [
        create_token(
            organization=organization,
            label=label,
            actor=None,
            actor_label=SOMEBODY,
        ).token
        for label in TOKENS
    ]
    features = [_add_feature(organization, number) for number in range(len(FEATURES))]
    _date(organization, story.starts_at - datetime.timedelta(days=2))
    eras = _live_through(organization, casts, connections, story)
    models = {one.pk: one for cast in casts for one in cast.values()}
    book = price_book(organization, models.values())
    return World(
        story=story,
        organization_id=organization.pk,
        feature_ids={one.key: one.pk for one in features},
        eras=eras,
        token_ids=tuple(one.pk for one in tokens),
        failing_provider=casts[-1][Part.LARGE].provider.slug,
        price_at=lambda model_id, at: book.price(organization.pk, model_id, at),
    )


def _live_through(
    organization: Organization,
    casts: Casts,
    connections: dict[int, Connection],
    story: Story,
) -> tuple[Era, ...]:
    """Everything that somebody decided in the period, in order."""
    first, second = casts
    for prompt, feature in PROMPTS.items():
        create_prompt(
            organization=organization,
            name=prompt,
            text=prompt_text(feature, 1),
            description=feature.description,
            actor=None,
            actor_label=SOMEBODY,
        )
    began = story.starts_at
    pack = create_pack(
        organization=organization,
        document=pack_document(PACKS[0], first, ""),
        actor=None,
        actor_label=SOMEBODY,
    )
    eras = [_switched(pack, first, connections, began, "Our first pack.")]
    new_prompts = _improve_prompts(pack.pack, first)
    changed = story.prompt_changed_at
    eras.append(_switched(new_prompts, first, connections, changed, PROMPT_NOTE))
    lean = create_pack(
        organization=organization,
        document=pack_document(PACKS[1], second, "The models of this autumn."),
        actor=None,
        actor_label=SOMEBODY,
    )
    reason = "Same answers in our tests, at a lower price."
    eras.append(_switched(lean, second, connections, story.switched_at, reason))
    _negotiate(organization, second[Part.LARGE], story.price_changed_at)
    _date(organization, story.price_changed_at)
    return tuple(eras)


def _switched(
    version: PackVersion,
    cast: Cast,
    connections: dict[int, Connection],
    at: datetime.datetime,
    note: str,
) -> Era:
    switch_pack(
        version=version,
        actor=None,
        actor_label=SOMEBODY,
        enable_models=True,
        note=note,
    )
    _date(version.pack.organization, at)
    return era_now(version, cast, connections, at)


def _improve_prompts(pack: Pack, cast: Cast) -> PackVersion:
    for prompt in Prompt.objects.filter(organization=pack.organization):
        add_version(
            prompt=prompt,
            text=prompt_text(PROMPTS[prompt.name], 2),
            actor=None,
            actor_label=SOMEBODY,
            expected_number=1,
            note=PROMPT_NOTE,
        )
        move_label(
            prompt=prompt,
            label="production",
            to_number=2,
            actor=None,
            actor_label=SOMEBODY,
        )
    return add_pack_version(
        pack=pack,
        document=pack_document(PACKS[0], cast, PROMPT_NOTE),
        expected_number=latest_version(pack).number,
        actor=None,
        actor_label=SOMEBODY,
    ).version


def _negotiate(
    organization: Organization, ai_model: AIModel, at: datetime.datetime
) -> None:
    """Not by the service of prices, which lets none begin in the past."""
    price = Price.objects.create(
        ai_model=ai_model,
        organization=organization,
        effective_from=at,
        rates={"standard": {}},
        discount_percent=DISCOUNT_PERCENT,
        source=SOURCE,
        read_on=at.date(),
        note=DISCOUNT_NOTE,
    )
    record_change(
        organization=organization,
        actor=None,
        actor_label=SOMEBODY,
        action="price.negotiated",
        target=ai_model,
        before=None,
        after={
            "price": price.pk,
            "discount_percent": str(DISCOUNT_PERCENT),
            "effective_from": at.isoformat(),
        },
        note=DISCOUNT_NOTE,
    )


def _add_feature(organization: Organization, number: int) -> Feature:
    feature = FEATURES[number]
    return create_feature(
        organization=organization,
        actor=None,
        actor_label=SOMEBODY,
        key=feature.key,
        name=feature.name,
        description=feature.description,
        required_capabilities=feature.capabilities,
    )


def _add_connections(
    organization: Organization, casts: Casts, story: Story
) -> dict[int, Connection]:
    """One at each provider, by the provider's key. At an address that cannot be, and
    with a key that is none: nobody is ever called."""
    models = {one.pk: one for cast in casts for one in cast.values()}
    providers = {one.provider_id: one.provider for one in models.values()}
    found = {
        provider.pk: _add_connection(organization, provider, story)
        for provider in sorted(providers.values(), key=lambda one: one.slug)
    }
    ConnectionModel.objects.bulk_create(
        ConnectionModel(
            connection=found[one.provider_id],
            ai_model=one,
            changed_at=story.starts_at,
            seen_at=story.ends_at,
        )
        for one in models.values()
    )
    return found


def _add_connection(
    organization: Organization, provider: Provider, story: Story
) -> Connection:
    connection = Connection.objects.create(
        organization=organization,
        provider=provider,
        label="Sample",
        base_url=NOWHERE.format(provider=provider.slug),
        encrypted_key=encrypt(NO_KEY),
        key_last_four=last_four(NO_KEY),
        state=ConnectionState.CONNECTED,
        checked_at=story.ends_at,
        discovered_at=story.ends_at,
        latency_ms=180,
    )
    record_change(
        organization=organization,
        actor=None,
        actor_label=SOMEBODY,
        action="connection.added",
        target=connection,
        before=None,
        after={"label": connection.label, "base_url": connection.base_url},
    )
    return connection


def _date(organization: Organization, to: datetime.datetime) -> None:
    date_back(organization, organization.created_at, to)
