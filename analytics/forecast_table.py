"""The forecast by feature and model, as rows of a table. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from analytics.forecast_words import MEAN_WORDS, METHOD_WORDS, error_words
from analytics.forecasting.made import FeatureMade, LineMade, MonthMade
from analytics.forecasting.methods import Method
from registry.models import AIModel, Feature


@dataclass(frozen=True)
class ModelRow:
    """`model` None: it is not known here any more."""

    model: AIModel | None
    line: LineMade


@dataclass(frozen=True)
class FeatureRow:
    feature: Feature | None
    made: FeatureMade
    models: tuple[ModelRow, ...]

    @property
    def share_percent(self) -> Decimal | None:
        """Of what it is expected to cost, what is spent."""
        if not self.made.expected_usd:
            return None
        return 100 * self.made.spent_usd / self.made.expected_usd

    @property
    def words(self) -> str:
        tested = self.made.tested
        if tested is None:
            return f"From {MEAN_WORDS}."
        return f"From {METHOD_WORDS[Method(tested.method)]}. {error_words(tested)}"


def forecast_rows(
    made: MonthMade, features: Mapping[int, Feature], models: Mapping[int, AIModel]
) -> list[FeatureRow]:
    """The dearest first; models that cost nothing this month are left out."""
    by_feature: defaultdict[int | None, list[ModelRow]] = defaultdict(list)
    for line in made.lines:
        if line.expected_usd:
            model = models.get(line.ai_model_id or 0)
            by_feature[line.feature_id].append(ModelRow(model, line))
    return [
        FeatureRow(
            features.get(one.feature_id or 0), one, tuple(by_feature[one.feature_id])
        )
        for one in made.features
    ]
