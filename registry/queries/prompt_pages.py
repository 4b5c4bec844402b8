"""One prompt as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.models import (
    AssignmentRevision,
    Prompt,
    PromptLabel,
    PromptLabelMove,
    PromptVersion,
)
from registry.prompts.difference import CONTEXT_LINES, Difference, difference
from registry.prompts.naming import LARGEST_NUMBER
from registry.prompts.template import Template, TemplateError, Variable
from registry.queries.prompts import (
    declared,
    features_in_force,
    label_moves,
    labels_of,
    version_at,
    versions_of,
)

VERSIONS_SHOWN: Final = 20
MOVES_SHOWN: Final = 20
TONES: Final = {"production": "success", "staging": "info"}


@dataclass(frozen=True)
class LabelPlace:
    """A label with the tone of its badge; `can_roll_back` where it was somewhere
    before."""

    label: PromptLabel
    can_roll_back: bool

    @property
    def tone(self) -> str:
        return TONES.get(self.label.name, "")


@dataclass(frozen=True)
class VersionRow:
    version: PromptVersion
    labels: list[LabelPlace]
    feature_count: int


@dataclass(frozen=True)
class VariableRow:
    """A variable of the version shown; `is_new` where the one before had none such."""

    variable: Variable
    is_new: bool


@dataclass(frozen=True)
class Comparison:
    old: PromptVersion
    new: PromptVersion
    difference: Difference


@dataclass(frozen=True)
class PromptPage:
    prompt: Prompt
    shown: PromptVersion
    latest_number: int
    rows: list[VersionRow]
    has_more: bool
    labels: list[LabelPlace]
    gone_labels: list[str]
    """Labels that were taken away and can come back."""
    variables: list[VariableRow]
    comparison: Comparison | None
    uses: list[AssignmentRevision]
    moves: list[PromptLabelMove]


@dataclass(frozen=True)
class Trial:
    """A version with typed values: what a model would get, or why it would get
    nothing. Before it is tried both are empty."""

    version: PromptVersion
    variables: tuple[Variable, ...]
    given: Mapping[str, str] = field(default_factory=dict)
    rendered: str | None = None
    problem: str = ""

    @property
    def rows(self) -> list[tuple[Variable, str]]:
        """Each variable with what was typed for it."""
        return [(one, self.given.get(one.name, "")) for one in self.variables]


def trial_of(version: PromptVersion, given: Mapping[str, str]) -> Trial:
    variables = used_variables(version)
    try:
        template = Template.of(version.text, declared(version))
        said = template.render(given, version.prompt.name)
    except TemplateError as error:
        return Trial(version, variables, given, problem=str(error))
    return Trial(version, variables, given, said)


def prompt_page(
    prompt: Prompt,
    *,
    version: int = 0,
    old: int = 0,
    new: int = 0,
    show_all: bool = False,
) -> PromptPage:
    """Without `version` the newest is shown; without `old` and `new` the version in
    production is compared with the newest, or the newest with the one before it.
    Numbers that are not there fall back to that."""
    newest = versions_of(prompt).defer("text")
    limit = LARGEST_NUMBER if show_all else VERSIONS_SHOWN
    versions = list(newest[: limit + 1])
    latest_number = versions[0].number
    shown = version_at(prompt, version or latest_number) or version_at(
        prompt, latest_number
    )
    if shown is None:
        message = f"{prompt} has no versions."
        raise LookupError(message)
    labels = labels_of(prompt)
    uses = features_in_force(prompt)
    moves = list(label_moves(prompt))
    places = [LabelPlace(one, _was_elsewhere(one.name, moves)) for one in labels]
    here = {one.name for one in labels}
    return PromptPage(
        prompt=prompt,
        shown=shown,
        latest_number=latest_number,
        rows=[_row(one, places, uses) for one in versions[:limit]],
        has_more=len(versions) > limit,
        labels=places,
        gone_labels=sorted(
            name
            for name in {one.label for one in moves} - here
            if _was_elsewhere(name, moves)
        ),
        variables=_variables(shown),
        comparison=_comparison(prompt, labels, latest_number, old, new),
        uses=uses,
        moves=moves[:MOVES_SHOWN],
    )


def used_variables(version: PromptVersion) -> tuple[Variable, ...]:
    """Those that stand in the text of the version, in its order."""
    known = {one.name: one for one in declared(version)}
    names = Template.of(version.text).names
    return tuple(known.get(name, Variable(name)) for name in names)


def _was_elsewhere(name: str, moves: Iterable[PromptLabelMove]) -> bool:
    """Whether a roll-back has somewhere to go."""
    undone = {one.undoes_id for one in moves}
    standing = (
        one
        for one in moves
        if one.label == name and one.undoes_id is None and one.pk not in undone
    )
    newest = next(standing, None)
    return newest is not None and newest.from_version_id is not None


def _row(
    version: PromptVersion,
    labels: list[LabelPlace],
    uses: list[AssignmentRevision],
) -> VersionRow:
    return VersionRow(
        version=version,
        labels=[one for one in labels if one.label.prompt_version_id == version.pk],
        feature_count=sum(one.prompt_version_id == version.pk for one in uses),
    )


def _variables(shown: PromptVersion) -> list[VariableRow]:
    before = version_at(shown.prompt, shown.number - 1)
    known = {one.name for one in declared(before)} if before else None
    return [
        VariableRow(one, known is not None and one.name not in known)
        for one in declared(shown)
    ]


def _comparison(
    prompt: Prompt, labels: list[PromptLabel], latest: int, old: int, new: int
) -> Comparison | None:
    if latest == 1:
        return None
    production = next(
        (one.prompt_version.number for one in labels if one.name == "production"), 0
    )
    usual = production if 0 < production < latest else latest - 1
    left = version_at(prompt, old or usual) or version_at(prompt, usual)
    right = version_at(prompt, new or latest) or version_at(prompt, latest)
    if left is None or right is None:
        return None
    return Comparison(
        left, right, difference(left.text, right.text, context_lines=CONTEXT_LINES)
    )
