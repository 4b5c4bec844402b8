"""The statement that answers a question from rollups and records. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analytics.questions import Dimension, Key, Question
from analytics.rollup_sql import DIMENSIONS, HISTOGRAMS, TAG, sums_of_records
from analytics.sums import ADDITIVE
from analytics.tiers import Cover

KEYS: Final = {
    Dimension.MODEL: "ai_model_id",
    Dimension.PROVIDER: "model.provider_id",
    Dimension.FEATURE: "feature_id",
    Dimension.PACK: "version.pack_id",
    Dimension.PACK_VERSION: "pack_version_id",
    Dimension.CONNECTION: "connection_id",
    Dimension.SOURCE: "source",
    Dimension.TOKEN: "token_id",
    Dimension.TAG: "tag_value",
    Dimension.ERROR: "nullif(error_kind, '')",
}
IN_WORDS: Final = {Dimension.SOURCE, Dimension.TAG, Dimension.ERROR}
JOINS: Final = {
    Dimension.PROVIDER: "LEFT JOIN registry_aimodel AS model ON model.id = ai_model_id",
    Dimension.PACK: (
        "LEFT JOIN registry_packversion AS version ON version.id = pack_version_id"
    ),
}
NOT_WHOLE: Final = {"cost_usd", "estimated_usd", "feedback_sum", "confidence_sum"}
LARGEST: Final = 2**63 - 1
Parameters = list[Any]  # lists among them, which django-stubs does not know of


@dataclass(frozen=True)
class Statement:
    """Its rows are: number of the step from 1, a key for each dimension of the split,
    ADDITIVE, and HISTOGRAMS where the question wants them."""

    text: str
    parameters: Parameters


def statement(
    question: Question, bounds: Sequence[datetime.datetime], cover: Cover
) -> Statement:
    """The question's split and filters over what `cover` names. Where a tag is among
    them, only calls that carry it are found."""
    parameters: Parameters = []
    used = {*question.split, *question.only}
    source = _source(question, bounds, cover, parameters, Dimension.TAG in used)
    where = _where(question, parameters)
    keys = [f"{KEYS[one]} AS key_{one}" for one in question.split]
    sums = [_summed(name) for name in ADDITIVE]
    if question.with_histograms:
        sums += [f"string_agg({name}, ''::bytea)" for name in HISTOGRAMS]
    numbers = ", ".join(str(number + 1) for number in range(len(keys) + 1))
    joins = " ".join(text for one, text in JOINS.items() if one in used)
    text = (
        f"SELECT {', '.join(['step', *keys, *sums])} FROM ({source}) AS source {joins} "  # noqa: S608  # our own names
        f"WHERE {where} GROUP BY {numbers}"
    )
    return Statement(text, parameters)


def _summed(name: str) -> str:
    # The sum of bigint is numeric in PostgreSQL.
    return f"sum({name})" if name in NOT_WHOLE else f"sum({name})::bigint"


def _source(
    question: Question,
    bounds: Sequence[datetime.datetime],
    cover: Cover,
    parameters: Parameters,
    by_tag: bool,
) -> str:
    names = (*DIMENSIONS, *(TAG if by_tag else ()), *ADDITIVE, *HISTOGRAMS)
    columns = ", ".join(f"summed.{name}" for name in names)
    organization = question.organization_id
    sources = []
    if cover.days:
        sources.append(_select("day.starts_at", columns, _DAYS))
        parameters += [list(bounds), list(cover.days)]
    if cover.hours or not (cover.days or cover.records):
        table = "analytics_hourtagrollup" if by_tag else "analytics_hourrollup"
        sources.append(_select("hour", columns, _HOURS.format(table=table)))
        parameters += [list(bounds), *_ends(cover.hours), organization]
    if cover.records:
        inner = f"FROM ({sums_of_records(by_tag=by_tag)}) AS summed"
        sources.append(_select("low", columns, inner))
        parameters += [list(bounds), *_ends(cover.records), organization, organization]
    if by_tag:
        tagged = " UNION ALL ".join(sources)
        parameters.append(question.tag_name)
        return f"SELECT * FROM ({tagged}) AS tagged WHERE tag_name = %s"  # noqa: S608  # our own names
    return " UNION ALL ".join(sources)


_DAYS: Final = (
    "FROM analytics_dayrollup AS summed "
    "JOIN analytics_closedday AS day ON day.id = summed.closed_day_id "
    "WHERE day.id = ANY(%s)"
)
_HOURS: Final = (
    "FROM unnest(%s::timestamptz[], %s::timestamptz[]) AS stretch (low, high) "
    "JOIN {table} AS summed ON organization_id = %s AND hour >= low AND hour < high"
)


def _select(moment: str, columns: str, source: str) -> str:
    return (
        f"SELECT width_bucket({moment}, %s::timestamptz[]) AS step, {columns} {source}"  # noqa: S608  # our own names
    )


def _ends(
    stretches: Collection[tuple[datetime.datetime, datetime.datetime]],
) -> tuple[list[datetime.datetime], list[datetime.datetime]]:
    return [low for low, _ in stretches], [high for _, high in stretches]


def _where(question: Question, parameters: Parameters) -> str:
    tests = [
        _test(dimension, keys, parameters) for dimension, keys in question.only.items()
    ]
    return " AND ".join(tests) or "TRUE"


def _test(dimension: Dimension, keys: Collection[Key], parameters: Parameters) -> str:
    """A key of the wrong kind is nobody's."""
    column = KEYS[dimension]
    if dimension in IN_WORDS:
        parameters.append([key for key in keys if isinstance(key, str)])
        test = f"{column} = ANY(%s::text[])"
    else:
        ids = [key for key in keys if isinstance(key, int) and abs(key) <= LARGEST]
        parameters.append(ids)
        test = f"{column} = ANY(%s::bigint[])"
    return f"({test} OR {column} IS NULL)" if None in keys else test
