"""Moving the labels of a prompt. Every move counts; the count a person saw is compared
and set in one guarded UPDATE, so that of two people one wins and the other is told."""

from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.acting import actor_name
from registry.audit import record_change
from registry.models import (
    AuditEntry,
    Prompt,
    PromptLabel,
    PromptLabelMove,
    PromptVersion,
    User,
)
from registry.models.prompt import LABEL_NAME
from registry.prompts.naming import LATEST
from registry.queries.prompts import label_of, move_to_undo, version_at

LABEL_LENGTH: Final = 40
NOTE_LENGTH: Final = 400
UNDOABLE: Final = frozenset(
    {"prompt.label_moved", "prompt.label_removed", "prompt.label_rolled_back"}
)


class LabelRefused(Exception):
    """The move breaks a rule; nothing was changed."""


class StaleLabel(Exception):
    """Someone else moved the label meanwhile; nothing was changed. `current` is where
    it is now: None where it was removed."""

    def __init__(self, prompt: Prompt, label: str, current: PromptLabel | None) -> None:
        self.current = current
        now = f"at v{current.prompt_version.number}" if current else "nowhere"
        super().__init__(
            f"{label} of {prompt.name} was moved meanwhile: it is {now} now."
        )


@dataclass(frozen=True)
class LabelOutcome:
    """Where a label was and is, as numbers of versions; None is nowhere. `is_new` is
    False where it was there already."""

    label: str
    from_number: int | None
    to_number: int | None
    is_new: bool


@dataclass(frozen=True)
class _Mover:
    actor: User | None
    actor_label: str
    note: str

    @property
    def name(self) -> str:
        return actor_name(self.actor, self.actor_label)


def move_label(
    *,
    prompt: Prompt,
    label: str,
    to_number: int,
    actor: User | None,
    expected_moves: int | None = None,
    note: str = "",
    actor_label: str = "",
) -> LabelOutcome:
    """Put `label` on version `to_number`; a new label is made.

    `expected_moves` is the count of moves that the person saw (0: no such label); None
    moves it from wherever it is. Raises StaleLabel and LabelRefused.
    """
    _check_movable(prompt, label, note)
    to = version_at(prompt, to_number)
    if to is None:
        raise LabelRefused(f"{prompt.name} has no version {to_number}.")
    return _move(
        prompt, label, to, expected_moves, _Mover(actor, actor_label, note.strip())
    )


def remove_label(
    *,
    prompt: Prompt,
    label: str,
    actor: User | None,
    expected_moves: int | None = None,
    note: str = "",
    actor_label: str = "",
) -> LabelOutcome:
    """Take `label` away. Raises StaleLabel and LabelRefused."""
    _check_movable(prompt, label, note)
    return _move(
        prompt, label, None, expected_moves, _Mover(actor, actor_label, note.strip())
    )


def roll_back_label(
    *,
    prompt: Prompt,
    label: str,
    actor: User | None,
    expected_moves: int | None = None,
    note: str = "",
    actor_label: str = "",
) -> LabelOutcome:
    """Put `label` where it was before its last move that still holds; once more goes
    one move further back. Raises StaleLabel and LabelRefused."""
    _check_movable(prompt, label, note)
    move = move_to_undo(prompt, label)
    if move is None or move.from_version is None:
        raise LabelRefused(f"{label} of {prompt.name} was nowhere else before.")
    mover = _Mover(actor, actor_label, note.strip())
    try:
        return _move(
            prompt, label, move.from_version, expected_moves, mover, undoes=move
        )
    except IntegrityError:
        # Two roll-backs at once: the same move is undone once.
        raise StaleLabel(prompt, label, label_of(prompt, label)) from None


def undo_label_change(
    *, prompt: Prompt, entry: AuditEntry, actor: User | None, actor_label: str = ""
) -> LabelOutcome:
    """Put the label back where it was before the change that `entry` tells of, as a
    move of its own. Raises StaleLabel where it is elsewhere now, and LabelRefused."""
    before, after = entry.before or {}, entry.after or {}
    if entry.action not in UNDOABLE or len(after) != 1:
        raise LabelRefused("There is nothing to take back.")
    (label,) = after
    _check_movable(prompt, label, "")
    current = label_of(prompt, label)
    if (current and current.prompt_version.number) != after[label]:
        raise StaleLabel(prompt, label, current)
    number = before.get(label)
    to = version_at(prompt, number) if number is not None else None
    if number is not None and to is None:
        raise LabelRefused(f"{prompt.name} has no version {number}.")
    expected = current.moves if current else 0
    return _move(prompt, label, to, expected, _Mover(actor, actor_label, ""))


def check_label_name(label: str) -> str:
    """What is wrong with the name of a label; empty for nothing."""
    if label == LATEST:
        return f"“{LATEST}” is always the newest version and cannot be moved."
    if len(label) > LABEL_LENGTH:
        return f"The name of a label has at most {LABEL_LENGTH} characters."
    try:
        LABEL_NAME(label)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def _check_movable(prompt: Prompt, label: str, note: str) -> None:
    problem = check_label_name(label)
    if problem:
        raise LabelRefused(problem)
    if prompt.archived_at is not None:
        raise LabelRefused(f"{prompt.name} is archived. Restore it first.")
    if len(note.strip()) > NOTE_LENGTH:
        raise LabelRefused(f"A note has at most {NOTE_LENGTH} characters.")
    if "\x00" in note:
        raise LabelRefused("A note cannot hold a NUL character.")


@transaction.atomic
def _move(
    prompt: Prompt,
    label: str,
    to: PromptVersion | None,
    expected_moves: int | None,
    mover: _Mover,
    undoes: PromptLabelMove | None = None,
) -> LabelOutcome:
    current = label_of(prompt, label)
    old = current.prompt_version if current else None
    if (old and old.pk) == (to and to.pk):
        return _outcome(label, old, to, is_new=False)
    if (
        expected_moves is not None
        and (current.moves if current else 0) != expected_moves
    ):
        raise StaleLabel(prompt, label, current)
    if not _set(prompt, label, current, to):
        raise StaleLabel(prompt, label, label_of(prompt, label))
    PromptLabelMove.objects.create(
        prompt=prompt,
        label=label,
        from_version=old,
        to_version=to,
        undoes=undoes,
        actor_label=mover.name,
        note=mover.note,
    )
    outcome = _outcome(label, old, to, is_new=True)
    record_change(
        organization=prompt.organization,
        actor=mover.actor,
        actor_label=mover.actor_label,
        action=_action(to, undoes),
        target=prompt,
        before={label: outcome.from_number},
        after={label: outcome.to_number},
        note=mover.note,
    )
    return outcome


def _set(
    prompt: Prompt, label: str, current: PromptLabel | None, to: PromptVersion | None
) -> bool:
    """Compare and set; whether nobody was faster."""
    if current is None and to is not None:
        # Counted on from before it was removed: an old page must not fit again.
        moves = PromptLabelMove.objects.filter(prompt=prompt, label=label).count() + 1
        _made, is_made = PromptLabel.objects.get_or_create(
            prompt=prompt, name=label, defaults={"prompt_version": to, "moves": moves}
        )
        return is_made
    if current is None:
        return False
    seen = PromptLabel.objects.filter(pk=current.pk, moves=current.moves)
    if to is None:
        return seen.delete()[0] == 1
    return (
        seen.update(
            prompt_version=to, moves=current.moves + 1, updated_at=timezone.now()
        )
        == 1
    )


def _action(to: PromptVersion | None, undoes: PromptLabelMove | None) -> str:
    if undoes is not None:
        return "prompt.label_rolled_back"
    return "prompt.label_removed" if to is None else "prompt.label_moved"


def _outcome(
    label: str, old: PromptVersion | None, to: PromptVersion | None, *, is_new: bool
) -> LabelOutcome:
    return LabelOutcome(
        label, old.number if old else None, to.number if to else None, is_new
    )
