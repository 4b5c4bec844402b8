"""What every model made of the same prompts: score and cost. Pure, checked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
TEST_SHARE: Final = 0.3
SALT: Final = b"train or test: "
FEWEST_PROMPTS: Final = 20
"""Fewer on either side of the split measure nothing."""


class OutcomesRefused(ValueError):
    """A table that nothing can be learned from, in words."""


@dataclass(frozen=True, eq=False)
class OutcomeTable:
    """`scores` (0 to 1) and `costs_usd` have a row for each prompt and a column for
    each model."""

    prompts: tuple[str, ...]
    models: tuple[str, ...]
    scores: Numbers
    costs_usd: Numbers

    def rows(self, numbers: Sequence[int]) -> OutcomeTable:
        chosen = np.array(numbers, dtype=np.intp)
        return OutcomeTable(
            tuple(self.prompts[one] for one in numbers),
            self.models,
            self.scores[chosen],
            self.costs_usd[chosen],
        )

    @property
    def mean_scores(self) -> Numbers:
        return np.asarray(self.scores.mean(axis=0))

    @property
    def mean_costs_usd(self) -> Numbers:
        return np.asarray(self.costs_usd.mean(axis=0))


def checked(
    prompts: Sequence[str],
    models: Sequence[str],
    scores: Sequence[Sequence[float]],
    costs_usd: Sequence[Sequence[float]],
) -> OutcomeTable:
    """Raises OutcomesRefused with the first thing that is wrong and where it stands."""
    if len(models) < 2:
        named = f"only {models[0]}" if models else "no model"
        raise OutcomesRefused(
            f"There is nothing to choose from: the table has {named}, at least two "
            "are needed."
        )
    table = OutcomeTable(
        tuple(prompts),
        tuple(models),
        np.array(scores, dtype=np.float64).reshape(len(prompts), len(models)),
        np.array(costs_usd, dtype=np.float64).reshape(len(prompts), len(models)),
    )
    _check_numbers(table, table.scores, "score", "a number from 0 to 1", 1.0)
    _check_numbers(table, table.costs_usd, "cost", "a number from 0 on", np.inf)
    return table


def _check_numbers(
    table: OutcomeTable, values: Numbers, noun: str, wanted: str, most: float
) -> None:
    wrong = ~(np.isfinite(values) & (values >= 0) & (values <= most))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise OutcomesRefused(
            f"Prompt {row + 1}: the {noun} of {table.models[column]} is "
            f"{values[row, column]:g}, not {wanted}."
        )


def split_by_prompt(table: OutcomeTable) -> tuple[OutcomeTable, OutcomeTable]:
    """Training and test part. By a hash of the prompt, so that the same prompt is on
    the same side whatever else the table holds. Raises OutcomesRefused where a part is
    too small."""
    is_test = [_share(one) < TEST_SHARE for one in table.prompts]
    train = table.rows([at for at, test in enumerate(is_test) if not test])
    test = table.rows([at for at, test in enumerate(is_test) if test])
    least = min(len(train.prompts), len(test.prompts))
    if least < FEWEST_PROMPTS:
        raise OutcomesRefused(
            f"{len(table.prompts)} prompts are too few: {len(train.prompts)} to learn "
            f"from and {len(test.prompts)} to test on; each needs {FEWEST_PROMPTS}."
        )
    return train, test


def _share(prompt: str) -> float:
    # Salted: whoever made the table may have drawn the prompts by their hash.
    salted = SALT + prompt.strip().encode(errors="replace")
    digest = hashlib.sha256(salted).digest()
    return int.from_bytes(digest[:8]) / 2**64
