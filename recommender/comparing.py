"""A whole comparison: its models, its rows, and what can be read off them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from recommender.comparison import Category, Cell, ComparisonRow
from recommender.comparison_costs import costs
from recommender.comparison_facts import capabilities, limits, performance
from recommender.comparison_fit import use_case_fit
from recommender.forms.comparison import ComparisonRequest
from recommender.subject import Subject


@dataclass(frozen=True)
class Comparison:
    """Models side by side. The page, the downloads and the API show this one thing."""

    request: ComparisonRequest
    subjects: tuple[Subject, ...]

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        return (
            performance(self.subjects),
            capabilities(self.subjects),
            costs(self.subjects, self.request.workload, self.request.requests),
            limits(self.subjects),
            use_case_fit(self.subjects),
        )

    @property
    def shown(self) -> list[Category]:
        """The categories as asked for, without those in which nothing differs."""
        if not self.request.only_differences or len(self.subjects) < 2:
            return list(self.categories)
        reduced = (category.only_differences() for category in self.categories)
        return [category for category in reduced if category.rows]

    def row(self, key: str) -> ComparisonRow | None:
        rows = (row for category in self.categories for row in category.rows)
        return next((row for row in rows if row.key == key), None)

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a row in the order of the models; none where it is absent."""
        found = self.row(key)
        return found.cells if found else ()

    @property
    def references(self) -> list[str]:
        return [subject.reference for subject in self.subjects]

    @property
    def is_negotiated(self) -> bool:
        return any(subject.is_negotiated for subject in self.subjects)
