"""What rules of an automatic choice would have done with a feature's last requests."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, NamedTuple

from analytics.models import UsageRecord
from analytics.queries.alert_evidence import PRODUCT
from analytics.wilson import Z_95
from recommender.routing.analysis import Complexity
from recommender.routing.asked import Asked, Work, work_known
from recommender.routing.choosing import RoutedModel
from recommender.routing.classifier import OTHER
from recommender.routing.feature_goals import demand_of, goals_of
from recommender.routing.measuring import found_of
from recommender.routing.selecting import NOBODY, Selector
from recommender.routing.shortlists import Known, Shortlists
from recommender.routing.task_codes import kind_of
from recommender.scoring.evidence import RATED_CASES
from registry.automatic_choice import ChoiceRules
from registry.models import Feature
from registry.pricing import cost_of
from registry.resolution.loading import load_snapshot_of
from registry.resolution.plan import NotResolved, Plan, Selection
from registry.resolution.resolving import resolve
from registry.resolution.snapshot import Snapshot
from registry.usage import Usage

LAST: Final = 200
ZERO: Final = Decimal(0)


class Row(NamedTuple):
    """One answered request."""

    request_id: str
    ai_model_id: int | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: Decimal | None
    tags: dict[str, str] | None
    task_code: int | None


@dataclass(frozen=True)
class ChosenModel:
    reference: str
    requests: int
    percent: float


@dataclass(frozen=True)
class Preview:
    """Counted on `requests` rows. Costs are of the `priced` ones, for which both are
    known: `now_usd` as it was recorded, `then_usd` at today's prices. `success` and
    `success_now` are mean chances over those requests where they are known; None: not
    known of any. `unmoved` requests would be left to the assignment; `problem` says why
    there is nothing to tell."""

    requests: int = 0
    models: tuple[ChosenModel, ...] = ()
    priced: int = 0
    now_usd: Decimal = ZERO
    then_usd: Decimal = ZERO
    success: float | None = None
    success_now: float | None = None
    judged: int = 0
    changed: int = 0
    unmoved: int = 0
    classified: int = 0
    measured_cases: float = 0.0
    problem: str = ""

    @property
    def success_text(self) -> str:
        """With its 95 % interval, in which documented ratings count 20 cases."""
        mean = self.success
        if mean is None:
            return ""
        whole = RATED_CASES + self.measured_cases
        half = Z_95 * math.sqrt(mean * (1 - mean) / (whole + 1))
        low, high = max(0.0, mean - half), min(1.0, mean + half)
        return f"{mean:.0%} ({low:.0%} to {high:.0%})"

    @property
    def success_now_text(self) -> str:
        return "" if self.success_now is None else f"{self.success_now:.0%}"


def preview_choice(
    feature: Feature, document: Mapping[str, Any], now: datetime.datetime
) -> Preview:
    """The rules on the last 200 answered requests, as if every model were well and no
    budget scarce. Asks no provider."""
    rows = _rows(feature)
    if not rows:
        return Preview(problem="No request of this feature was answered yet.")
    snapshot = _with_rules(
        load_snapshot_of(feature.organization_id), feature, ChoiceRules.of(document)
    )
    known = Known(1, found_of(feature.organization_id, now))
    selector = Selector(
        Shortlists(snapshot.price, lambda organization_id: known, lambda: now),
        is_quiet=lambda candidate: True,
    )
    seen = _Seen(snapshot, selector, feature, now)
    try:
        for row in rows:
            seen.look(row)
    except NotResolved as error:
        return Preview(len(rows), problem=error.message)
    return seen.preview(len(rows))


def _rows(feature: Feature) -> list[Row]:
    values = (
        UsageRecord.objects.filter(
            organization_id=feature.organization_id,
            feature_id=feature.pk,
            answered=True,
            source__in=PRODUCT,
        )
        .order_by("-started_at")
        .values_list(*Row._fields)[:LAST]
    )
    return [Row(str(pk), *rest) for pk, *rest in values]


def _with_rules(snapshot: Snapshot, feature: Feature, rules: ChoiceRules) -> Snapshot:
    key = (feature.organization_id, feature.key)
    entry = replace(snapshot.configuration.features[key], choice=rules)
    features = {**snapshot.configuration.features, key: entry}
    configuration = replace(snapshot.configuration, features=features)
    return replace(snapshot, configuration=configuration, plans={}, narrowed={})


class _Seen:
    """Adds up row by row."""

    def __init__(
        self,
        snapshot: Snapshot,
        selector: Selector,
        feature: Feature,
        now: datetime.datetime,
    ) -> None:
        self.snapshot = snapshot
        self.selector = selector
        self.feature = feature
        self.now = now
        self.models: Counter[str] = Counter()
        self.now_usd = self.then_usd = ZERO
        self.priced = self.changed = self.unmoved = self.classified = 0
        self.chances: list[tuple[float, float]] = []
        self.cases = 0.0

    def look(self, row: Row) -> None:
        work = self._work(row)
        asked = Asked(
            request_id=row.request_id,
            prompt="",
            input_tokens=row.input_tokens or 0,
            max_output_tokens=row.output_tokens or None,
            tags=row.tags or {},
        )
        plan = resolve(
            self.snapshot,
            self.feature.organization_id,
            Selection(feature=self.feature.key),
            input_tokens=asked.input_tokens,
            today=self.now.date(),
            arrange=lambda found: self._arranged(found, asked, work, row),
        )
        if not plan.candidates:
            self.unmoved += 1
            return
        model = plan.candidates[0].model
        self.models[model.reference] += 1
        self.changed += model.id != row.ai_model_id
        self.unmoved += NOBODY in plan.trace
        then_usd = self._cost(row, model.id)
        if row.cost_usd is not None and then_usd is not None:
            self.priced += 1
            self.now_usd += row.cost_usd
            self.then_usd += then_usd

    def _work(self, row: Row) -> Work:
        entry = self.snapshot.feature(self.feature.organization_id, self.feature.key)
        kind = kind_of(row.task_code)
        self.classified += kind is not None
        task, level = kind or (OTHER, Complexity.MEDIUM)
        return work_known(task, level, demand_of(entry))

    def _arranged(self, plan: Plan, asked: Asked, work: Work, row: Row) -> Plan:
        pool = self.selector.pools.of(plan)
        if not pool.models:
            return plan
        found = self.selector.arranged_for(plan, asked, work)
        goals = goals_of(plan.feature, work, asked)
        best = self.selector.shortlists.best(plan, pool, work, asked, goals).models
        first = best.get(found.candidates[0].model.id) if found.candidates else None
        held = best.get(row.ai_model_id or 0)
        self._judge(first, held)
        return found

    def _judge(self, first: RoutedModel | None, held: RoutedModel | None) -> None:
        """Both chances, where both are known."""
        if first is None or first.chance is None:
            return
        if held is not None and held.chance is not None:
            self.chances.append((first.chance, held.chance))
            self.cases += first.cases

    def _cost(self, row: Row, model_id: int) -> Decimal | None:
        """The model that answered costs what it did, with its cache."""
        if model_id == row.ai_model_id:
            return row.cost_usd
        price = self.snapshot.price(self.feature.organization_id, model_id, self.now)
        if price is None or row.input_tokens is None or row.output_tokens is None:
            return None
        usage = Usage(input_tokens=row.input_tokens, output_tokens=row.output_tokens)
        return cost_of(usage, price.rates, self.now).total_usd

    def preview(self, requests: int) -> Preview:
        count = len(self.chances)
        return Preview(
            requests=requests,
            models=tuple(
                ChosenModel(name, number, 100 * number / requests)
                for name, number in self.models.most_common()
            ),
            priced=self.priced,
            now_usd=self.now_usd,
            then_usd=self.then_usd,
            success=_mean(one for one, _ in self.chances),
            success_now=_mean(one for _, one in self.chances),
            judged=count,
            changed=self.changed,
            unmoved=self.unmoved,
            classified=self.classified,
            measured_cases=self.cases / count if count else 0.0,
        )


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None
