"""Watching how well calls go and how long they take."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from analytics.alerting import latency_rise, success_drop, wording
from analytics.alerting.finding import Finding, Subject
from analytics.alerting.kinds import AlertKind
from analytics.alerting.limits import Rule
from analytics.alerting.success_drop import Counts
from analytics.models import Alert
from analytics.queries.alert_evidence import (
    feature_subjects,
    model_subjects,
    sums_by,
)
from analytics.queries.alert_rules import rules_of
from analytics.questions import Dimension, Key
from analytics.services.alerts import raise_finding, resolve_alerts
from analytics.sums import Sums
from registry.models import Organization

SILENT: Final = datetime.timedelta(hours=24)
"""An alert without calls to judge by is over after this."""
USAGE_KINDS: Final = (AlertKind.SUCCESS_DROP, AlertKind.LATENCY_RISE)
Subjects = Callable[..., dict[Key, Subject]]


@dataclass(frozen=True)
class Verdicts:
    """Subjects whose trouble begins, is over, or was judged at all."""

    findings: list[Finding]
    over: set[str]
    judged: set[str]


def watch_usage(organization: Organization, at: datetime.datetime) -> list[Alert]:
    """Success and latency of the last hour, of features and of models."""
    rules = rules_of(organization)
    raised: list[Alert] = []
    judged: dict[AlertKind, set[str]] = {one: set() for one in USAGE_KINDS}
    by_dimension: tuple[tuple[Dimension, Subjects], ...] = (
        (Dimension.FEATURE, feature_subjects),
        (Dimension.MODEL, model_subjects),
    )
    for dimension, named in by_dimension:
        start = at - success_drop.WINDOW
        now = sums_by(organization, dimension, start, at, with_histograms=True)
        subjects = named(organization, now.keys())
        now = {key: sums for key, sums in now.items() if key in subjects}
        for kind, judge in (
            (AlertKind.SUCCESS_DROP, _drops),
            (AlertKind.LATENCY_RISE, _rises),
        ):
            if rules[kind].is_on:
                verdicts = judge(
                    organization, dimension, now, subjects, rules[kind], at
                )
                raised += _tell(organization, kind, verdicts, at)
                judged[kind] |= verdicts.judged
    for kind, subjects_judged in judged.items():
        _end_silent(organization, kind, subjects_judged, at)
    return raised


def _drops(
    organization: Organization,
    dimension: Dimension,
    now: Mapping[Key, Sums],
    subjects: Mapping[Key, Subject],
    rule: Rule,
    at: datetime.datetime,
) -> Verdicts:
    counts = {key: _counts(sums, dimension) for key, sums in now.items()}
    least = int(rule["min_calls"])
    enough = frozenset(key for key, one in counts.items() if one.calls >= least)
    verdicts = Verdicts([], set(), set())
    if not enough:
        return verdicts
    end = at - success_drop.WINDOW
    start = end - success_drop.BEFORE
    before = sums_by(organization, dimension, start, end, only_keys=enough)
    for key in enough:
        usual = _counts(before.get(key, Sums()), dimension)
        judged = success_drop.judge_drop(counts[key], usual, rule)
        if judged is None:
            continue
        subject = subjects[key]
        verdicts.judged.add(subject.key)
        if judged.is_drop:
            verdicts.findings.append(wording.success_drop(subject, judged, at))
        elif judged.is_over:
            verdicts.over.add(subject.key)
    return verdicts


def _rises(
    organization: Organization,
    dimension: Dimension,
    now: Mapping[Key, Sums],
    subjects: Mapping[Key, Subject],
    rule: Rule,
    at: datetime.datetime,
) -> Verdicts:
    least = int(rule["min_calls"])
    enough = frozenset(key for key, one in now.items() if one.latency.count >= least)
    verdicts = Verdicts([], set(), set())
    if not enough:
        return verdicts
    end = at - latency_rise.WINDOW
    start = end - latency_rise.BEFORE
    before = sums_by(
        organization, dimension, start, end, with_histograms=True, only_keys=enough
    )
    for key in enough:
        usual = before.get(key, Sums()).latency
        judged = latency_rise.judge_rise(now[key].latency, usual, rule)
        if judged is None:
            continue
        subject = subjects[key]
        verdicts.judged.add(subject.key)
        if judged.is_rise:
            verdicts.findings.append(wording.latency_rise(subject, judged, at))
        elif judged.is_over:
            verdicts.over.add(subject.key)
    return verdicts


def _counts(sums: Sums, dimension: Dimension) -> Counts:
    """Requests of a feature, attempts of a model."""
    is_model = dimension is Dimension.MODEL
    rate = sums.call_success if is_model else sums.request_success
    if rate is None:
        return Counts(0, 0)
    return Counts(sums.ok_calls if is_model else sums.answered, rate.count)


def _tell(
    organization: Organization,
    kind: AlertKind,
    verdicts: Verdicts,
    at: datetime.datetime,
) -> list[Alert]:
    for subject in sorted(verdicts.over):
        resolve_alerts(organization, kind=kind, subject=subject, at=at)
    raised = (raise_finding(organization, one, at) for one in verdicts.findings)
    return [one for one in raised if one is not None]


def _end_silent(
    organization: Organization,
    kind: AlertKind,
    judged: set[str],
    at: datetime.datetime,
) -> None:
    silent = Alert.objects.filter(
        organization=organization,
        kind=kind,
        resolved_at=None,
        raised_at__lt=at - SILENT,
    )
    silent.exclude(subject__in=judged).update(resolved_at=at)
