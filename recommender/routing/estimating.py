"""How likely each model is to succeed at a prompt, learned from outcomes: a logistic
model on hashed terms for each model, and its nearest neighbours among the prompts. No
prompt is kept in the learned router, only hashes of its terms."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.sparse import csr_matrix

from recommender.routing.outcome_table import Numbers, OutcomeTable
from recommender.routing.terms import terms_of
from recommender.routing.text import text_facts

BUCKETS: Final = 1 << 13
NEIGHBOURS: Final = 40
STRENGTH: Final = 1.0
"""The inverse of the penalty on large weights (`C` of scikit-learn)."""
PRIOR_CASES: Final = 2.0
"""The mean of a model counts like so many neighbours."""
FOLDS: Final = 5
LEAST_CHANCE: Final = 1e-6
ROWS_AT_ONCE: Final = 500


def hashed(prompts: Sequence[str]) -> csr_matrix:
    """A row of length 1 for each prompt; its columns are buckets of terms (hashing
    trick: Weinberger et al., ICML 2009)."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for prompt in prompts:
        terms = terms_of(prompt, text_facts(prompt))
        buckets = sorted(
            {zlib.crc32(t.encode(errors="replace")) % BUCKETS for t in terms}
        )
        columns += buckets
        values += [1 / max(1, len(buckets)) ** 0.5] * len(buckets)
        ends.append(len(columns))
    shape = (len(prompts), BUCKETS)
    return csr_matrix((values, columns, ends), shape=shape)


@dataclass(frozen=True, eq=False)
class OutcomeRouter:
    """`chances` answers a row for each prompt and a column for each model."""

    models: tuple[str, ...]
    weights: Numbers
    intercepts: Numbers
    seen: csr_matrix
    scores: Numbers

    def chances(self, prompts: Sequence[str]) -> Numbers:
        return self.chances_of(hashed(prompts))

    def chances_of(self, features: csr_matrix) -> Numbers:
        sums = features @ self.weights.T + self.intercepts
        logistic = 1 / (1 + np.exp(-np.clip(sums, -30, 30)))
        # In pieces: all likenesses of a large table at once would fill the memory.
        pieces = [
            self._of_neighbours(features[at : at + ROWS_AT_ONCE])
            for at in range(0, features.shape[0], ROWS_AT_ONCE)
        ]
        return np.asarray((logistic + np.vstack(pieces)) / 2)

    def _of_neighbours(self, features: csr_matrix) -> Numbers:
        """Weighted by similarity, with the model's mean as a prior."""
        likeness = np.asarray((features @ self.seen.T).todense())
        count = min(NEIGHBOURS, likeness.shape[1])
        nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        weights = np.take_along_axis(likeness, nearest, axis=1)
        hits = np.einsum("pk,pkm->pm", weights, self.scores[nearest])
        mean = self.scores.mean(axis=0)
        whole = weights.sum(axis=1, keepdims=True) + PRIOR_CASES
        return np.asarray((hits + PRIOR_CASES * mean) / whole)


def learn(table: OutcomeTable) -> OutcomeRouter:
    return _learn(table.models, hashed(table.prompts), table.scores)


def chances_within(table: OutcomeTable) -> Numbers:
    """Of the table's own prompts, each by a router that has not seen it: what a policy
    may be tuned on (cross-fitting)."""
    features = hashed(table.prompts)
    found = np.zeros_like(table.scores)
    fold = np.arange(len(table.prompts)) % FOLDS
    for number in range(FOLDS):
        inside, outside = fold != number, fold == number
        router = _learn(table.models, features[inside], table.scores[inside])
        found[outside] = router.chances_of(features[outside])
    return found


def _learn(
    models: tuple[str, ...], features: csr_matrix, scores: Numbers
) -> OutcomeRouter:
    fits = [_fit(features, scores[:, at]) for at in range(len(models))]
    return OutcomeRouter(
        models,
        np.array([weights for weights, _ in fits]),
        np.array([intercept for _, intercept in fits]),
        features,
        scores,
    )


def _fit(features: csr_matrix, scores: Numbers) -> tuple[Any, float]:
    """A score between 0 and 1 counts as so much success and so much failure."""
    from scipy.sparse import vstack
    from sklearn.linear_model import LogisticRegression

    shares = np.concatenate([scores, 1 - scores])
    used = shares > 0
    labels = np.concatenate([np.ones_like(scores), np.zeros_like(scores)])[used]
    if len(set(labels)) < 2:
        mean = float(np.clip(scores.mean(), LEAST_CHANCE, 1 - LEAST_CHANCE))
        return np.zeros(features.shape[1]), float(np.log(mean / (1 - mean)))
    both = vstack([features, features]).tocsr()[used]
    model = LogisticRegression(C=STRENGTH, solver="liblinear")
    model.fit(both, labels, sample_weight=shares[used])
    return model.coef_[0], float(model.intercept_[0])
