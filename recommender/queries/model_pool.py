"""All models that an organisation may think of, in four queries."""

from __future__ import annotations

import datetime
import threading
from collections import OrderedDict
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import FloatField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from recommender.recommending.pool import Pool, PoolModel, discounted
from recommender.use_cases import FitFacts
from registry.models import AIModel, ModelSetting, Organization, Price
from registry.profiles.strengths import rated_strengths
from registry.requirements import ModelFacts

FIELDS: Final = (
    "pk",
    "provider__slug",
    "model_name",
    "model_type",
    "capabilities",
    "input_modalities",
    "output_modalities",
    "context_window",
    "max_output_tokens",
    "retired_on",
    "deprecated_on",
    "is_listed",
    "ratings",
    "score",
)
RATES: Final = (
    "ai_model_id",
    "organization_id",
    "input_usd_per_million",
    "output_usd_per_million",
    "cache_read_usd_per_million",
    "discount_percent",
    "rates__variants",
)
FINGERPRINT: Final = """
SELECT
  (SELECT concat_ws(' ', count(*), sum(xmin::text::bigint), sum(hashtext(ctid::text)))
   FROM registry_aimodel),
  (SELECT concat_ws(' ', count(*), sum(xmin::text::bigint), sum(hashtext(ctid::text)))
   FROM registry_price
   WHERE (effective_from IS NULL OR effective_from <= %(at)s)
     AND (effective_to IS NULL OR effective_to > %(at)s)),
  (SELECT concat_ws(' ', count(*), sum(xmin::text::bigint), sum(hashtext(ctid::text)))
   FROM registry_modelsetting WHERE organization_id = %(organization)s)
"""
"""Whatever is written has another transaction (xmin) or stands elsewhere (ctid)."""
Fingerprint = tuple[Any, ...]
MOST_POOLS: Final = 8
SPEAKING: Final = frozenset({"language", "multimodal", "vision", ""})
NOTHING: Final = (None, None, None, None, False)


class _Kept:
    """The pools of the organisations that asked last, each with the fingerprint of the
    rows that it was read from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: OrderedDict[int, tuple[Fingerprint, Pool]] = OrderedDict()

    def find(self, organization_id: int, fingerprint: Fingerprint) -> Pool | None:
        with self._lock:
            kept = self._pools.get(organization_id)
            return kept[1] if kept and kept[0] == fingerprint else None

    def keep(self, organization_id: int, fingerprint: Fingerprint, pool: Pool) -> None:
        with self._lock:
            self._pools[organization_id] = (fingerprint, pool)
            self._pools.move_to_end(organization_id)
            while len(self._pools) > MOST_POOLS:
                self._pools.popitem(last=False)


KEPT: Final = _Kept()


def model_pool(organization: Organization, at: datetime.datetime) -> Pool:
    """The catalogue's and the organisation's own models, with their prices at `at`.
    Read again only where a row of them changed: one statement says whether."""
    fingerprint = _fingerprint(organization, at)
    pool = KEPT.find(organization.pk, fingerprint)
    if pool is None:
        pool = Pool(_read(organization, at))
        KEPT.keep(organization.pk, fingerprint, pool)
    return pool


def _fingerprint(organization: Organization, at: datetime.datetime) -> Fingerprint:
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT, {"at": at, "organization": organization.pk})
        return tuple(cursor.fetchone())


def _read(organization: Organization, at: datetime.datetime) -> list[PoolModel]:
    enabled = set(
        ModelSetting.objects.filter(
            organization=organization, is_enabled=True
        ).values_list("ai_model_id", flat=True)
    )
    prices, own = _prices(organization, at)
    rows: Any = (  # the stubs do not follow the annotation
        AIModel.objects.visible_to(organization)
        .annotate(score=Cast(KT("ratings__overall__score"), FloatField()))
        .order_by()
        .values_list(*FIELDS)
    )
    return [_model(row, row[0] in enabled, prices, own) for row in rows]


Prices = dict[int, tuple[Any, ...]]


def _prices(organization: Organization, at: datetime.datetime) -> tuple[Prices, Prices]:
    """By model: the catalogue's and the organisation's own."""
    rows = (
        Price.objects.in_force(at)
        .filter(Q(organization=None) | Q(organization=organization))
        .values_list(*RATES)
    )
    catalogue: Prices = {}
    own: Prices = {}
    for pk, owner, *found in rows:
        (catalogue if owner is None else own)[pk] = tuple(found)
    return catalogue, own


def _model(
    row: tuple[Any, ...], is_enabled: bool, prices: Prices, own: Prices
) -> PoolModel:
    pk, provider, name, kind, can, reads, writes, window, most, *rest = row
    retired_on, deprecated_on, is_listed, ratings, score = rest
    mine = own.get(pk)
    has_own_rates = mine is not None and mine[3] is None
    costs = mine if mine and has_own_rates else prices.get(pk, NOTHING)
    input_usd, output_usd, cache_usd, _, variants = costs
    capabilities = frozenset(can)
    found = PoolModel(
        pk=pk,
        provider=provider,
        model_name=name,
        facts=ModelFacts(
            capabilities=capabilities,
            context_window=window,
            is_enabled=is_enabled,
            is_listed=is_listed,
            retired_on=retired_on,
            deprecated_on=deprecated_on,
            is_priced=input_usd is not None,
        ),
        fit_facts=FitFacts(
            capabilities=capabilities,
            input_modalities=frozenset(reads),
            context_window=window,
            max_output_tokens=most,
            blended_usd_per_million=_blended(input_usd, output_usd),
            has_batch_price=bool(variants),
            strengths=rated_strengths(ratings),
        ),
        rating=score,
        input_usd=_number(input_usd),
        output_usd=_number(output_usd),
        cache_read_usd=_number(cache_usd),
        writes_text=kind in SPEAKING and (not writes or "text" in writes),
    )
    if mine is not None and mine[3] is not None:
        return discounted(found, mine[3])
    return found


def _blended(input_usd: Decimal | None, output_usd: Decimal | None) -> Decimal | None:
    if input_usd is None or output_usd is None:
        return None
    return (3 * input_usd + output_usd) / 4


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
