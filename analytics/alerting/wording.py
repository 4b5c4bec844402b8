"""Findings in words: what is said of each kind of trouble. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from analytics.alerting.cost_anomaly import DayJudged
from analytics.alerting.finding import Finding, Subject, hour_key
from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.alerting.latency_rise import RiseJudged
from analytics.alerting.price_change import RateChange
from analytics.alerting.retirement import Notice
from analytics.alerting.success_drop import DropJudged
from analytics.wilson import Rate
from registry.templatetags.display import day as day_text
from registry.templatetags.display import duration, usd

DANGEROUS_DROP: Final = 0.2


def cost_anomaly(
    subject: Subject, judged: DayJudged, unpriced_share: float, is_running: bool
) -> Finding:
    weekday = f"{judged.day:%A}"
    if judged.times is not None and judged.times < 100:
        title = f"{subject.label} cost {judged.times:.1f} times a usual {weekday}"
    else:
        title = f"{subject.label} cost {usd(judged.cost_usd)} on a {weekday}"
    so_far = " so far" if is_running else ""
    text = (
        f"{usd(judged.cost_usd)}{so_far} on {day_text(judged.day)}; the median of the "
        f"last {judged.weeks} {weekday}s is {usd(judged.median_usd)}."
    )
    if judged.z_score is not None and judged.z_score < 1000:
        text += f" That is {judged.z_score:.1f} scaled deviations above it."
    if unpriced_share > 0:
        text += f" {unpriced_share:.1%} of the calls are not priced and not in it."
    return Finding(
        AlertKind.COST_ANOMALY,
        subject,
        f"cost:{subject.key}:{judged.day.isoformat()}",
        title,
        text,
    )


def success_drop(
    subject: Subject, judged: DropJudged, at: datetime.datetime
) -> Finding:
    text = (
        f"{_rate(judged.now)} in the last hour, against {_rate(judged.before)} "
        "in the 24 hours before."
    )
    is_bad = judged.points >= DANGEROUS_DROP * 100
    return Finding(
        AlertKind.SUCCESS_DROP,
        subject,
        f"success:{subject.key}:{hour_key(at)}",
        f"{subject.label}: success rate fell to {judged.now.share:.1%}",
        text,
        AlertSeverity.DANGER if is_bad else AlertSeverity.WARNING,
    )


def latency_rise(
    subject: Subject, judged: RiseJudged, at: datetime.datetime
) -> Finding:
    text = (
        f"95 % of the last hour's {judged.calls:,} answers took up to "
        f"{duration(judged.now_ms)} (surely more than {duration(judged.low_ms)}), "
        f"against {duration(judged.before_ms)} in the four weeks before."
    )
    return Finding(
        AlertKind.LATENCY_RISE,
        subject,
        f"latency:{subject.key}:{hour_key(at)}",
        f"{subject.label}: p95 latency rose to {duration(judged.now_ms)}",
        text,
    )


def connection_down(
    subject: Subject,
    state: str,
    reason: str,
    since: datetime.datetime,
    *,
    is_whole: bool,
) -> Finding:
    """`is_whole` False: only some of its models do not answer."""
    what = f"{subject.label}: {state[:1].lower()}{state[1:]}"
    return Finding(
        AlertKind.CONNECTION_DOWN,
        subject,
        f"{subject.key}:down:{since.astimezone(datetime.UTC):%Y-%m-%dT%H:%M}",
        what,
        f"Since {since.astimezone(datetime.UTC):%-d %b, %H:%M} UTC. {reason}".strip(),
        AlertSeverity.DANGER if is_whole else AlertSeverity.WARNING,
    )


def price_change(  # noqa: PLR0913  # the facts of one sentence
    subject: Subject,
    price_id: int,
    changes: Sequence[RateChange],
    bill_usd: Decimal | None,
    effective_from: datetime.datetime,
    at: datetime.datetime,
) -> Finding:
    verb = "changes" if effective_from > at else "changed"
    lines = [_rate_change(one) for one in changes]
    text = f"From {day_text(effective_from.date())}: {'; '.join(lines)}."
    if bill_usd is not None:
        word = "more" if bill_usd >= 0 else "less"
        text += (
            " The use of the last 30 days would cost about "
            f"{usd(abs(bill_usd))} {word} a month."
        )
    is_dearer = any((one.percent or 0) > 0 for one in changes)
    return Finding(
        AlertKind.PRICE_CHANGE,
        subject,
        f"price:{subject.key}:{price_id}",
        f"The price of {subject.label} {verb}",
        text,
        AlertSeverity.WARNING if is_dearer else AlertSeverity.INFO,
    )


def retirement(
    subject: Subject,
    told: Notice,
    retired_on: datetime.date,
    features: Sequence[str],
    calls: int,
) -> Finding:
    """`features` are the names of those that it is assigned to; `calls` of the last 30
    days."""
    if told.days > 0:
        days = "tomorrow" if told.days == 1 else f"in {told.days} days"
        title = f"{subject.label} retires {days}"
    elif told.days == 0:
        title = f"{subject.label} retires today"
    else:
        title = f"{subject.label} is retired and still in use"
    use = f"Assigned to {', '.join(features)}." if features else ""
    called = f"{calls:,} calls in the last 30 days." if calls else ""
    words = [f"On {day_text(retired_on)}.", use, called]
    return Finding(
        AlertKind.RETIREMENT,
        subject,
        f"retirement:{subject.key}:{retired_on.isoformat()}:{told.step}",
        title,
        " ".join(one for one in words if one),
        told.severity,
    )


def _rate(rate: Rate) -> str:
    return f"{rate.share:.1%} ({rate.low:.1%} to {rate.high:.1%}, {rate.count:,})"


def _rate_change(change: RateChange) -> str:
    before = "no rate" if change.before is None else usd(change.before)
    after = "no rate" if change.after is None else usd(change.after)
    percent = "" if change.percent is None else f" ({change.percent:+.0f} %)"
    return f"{change.what} {before} → {after} per million tokens{percent}"
