"""An assignment that is being put together and is not saved yet."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.models import AIModel
from registry.queries.candidates import (
    Candidate,
    Option,
    load_candidates,
    requirements_of,
)
from registry.queries.features import FeatureRow
from registry.queries.switching import Consequence, consequence_of


@dataclass(frozen=True)
class Draft:
    """The chain as the form shows it, with what may still be chosen."""

    row: FeatureRow
    model: Option | None
    fallbacks: list[Option]
    model_choices: list[Option]
    fallback_choices: list[Option]

    @property
    def consequence(self) -> Consequence | None:
        """What another model would change, or None while it is the same."""
        current = self.row.current
        if self.model is None or (current and current.ai_model == self.model.ai_model):
            return None
        return consequence_of(
            current.candidate if current else None, self.model.candidate
        )

    @property
    def is_changed(self) -> bool:
        """Whether the chain differs from the one in force."""
        return self._keys() != _chain_keys(self.row.current, self.row.fallbacks)

    @property
    def refused(self) -> list[Option]:
        """Steps of the chain that break a requirement."""
        chain = [self.model, *self.fallbacks] if self.model else self.fallbacks
        return [option for option in chain if not option.verdict.is_met]

    @property
    def references(self) -> list[str]:
        """Model and fallbacks, for the comparison page."""
        chain = [self.model, *self.fallbacks] if self.model else self.fallbacks
        return [option.ai_model.reference for option in chain]

    def _keys(self) -> list[int]:
        return _chain_keys(self.model, self.fallbacks)


def draft_in_force(row: FeatureRow) -> Draft:
    """The assignment as it is, ready to be changed. No query."""
    return _draft(row, row.current, row.fallbacks)


def draft_of(
    row: FeatureRow,
    model_key: int | None,
    fallback_keys: Sequence[int],
    visible: Iterable[AIModel],
    at: datetime.datetime,
) -> Draft:
    """The chain of the given primary keys. `visible` are the models they may mean;
    others are left out, and so is the model among its own fallbacks."""
    candidates = load_candidates(visible, row.feature.organization, at)
    order = dict.fromkeys(key for key in fallback_keys if key != model_key)
    steps = [_option(row, candidates[key], at) for key in order if key in candidates]
    model = candidates.get(model_key or 0)
    return _draft(row, _option(row, model, at) if model else None, steps)


def _draft(row: FeatureRow, model: Option | None, fallbacks: list[Option]) -> Draft:
    used = set(_chain_keys(model, fallbacks))
    enabled = {option.ai_model.pk for option in row.options}
    extra = [model] if model and model.ai_model.pk not in enabled else []
    return Draft(
        row=row,
        model=model,
        fallbacks=fallbacks,
        model_choices=[*extra, *row.options],
        fallback_choices=[one for one in row.options if one.ai_model.pk not in used],
    )


def _option(row: FeatureRow, candidate: Candidate, at: datetime.datetime) -> Option:
    return Option(candidate, candidate.verdict(requirements_of(row.feature), at.date()))


def _chain_keys(model: Option | None, fallbacks: Sequence[Option]) -> list[int]:
    """The model's key (0 without one), then the fallbacks'."""
    return [model.ai_model.pk if model else 0, *(one.ai_model.pk for one in fallbacks)]
