"""Labels move, are taken away, and go back the way they came."""

import threading

import pytest
from django.db import connection

from registry.models import AuditEntry, PromptLabel, PromptLabelMove
from registry.prompts.naming import PromptReference
from registry.queries.prompts import PromptNotFound, find_version, label_of
from registry.services.prompt_labels import (
    LabelRefused,
    StaleLabel,
    move_label,
    remove_label,
    roll_back_label,
)
from registry.services.prompts import create_prompt
from tests.factories import OrganizationFactory
from tests.registry.prompts.writing import moved, versioned


def roll_back(prompt, **more):
    return roll_back_label(prompt=prompt, label="production", actor=None, **more)


def test_a_label_moves_and_its_history_says_from_where(prompt, organization):
    versioned(prompt, "Two.")

    outcome = move_label(
        prompt=prompt,
        label="production",
        to_number=2,
        actor=None,
        expected_moves=1,
        note="Better",
    )

    assert (outcome.from_number, outcome.to_number) == (1, 2)
    assert find_version(organization, "DRAFTS").text == "Two."
    move = PromptLabelMove.objects.first()
    assert (move.from_version.number, move.to_version.number) == (1, 2)
    assert AuditEntry.objects.filter(action="prompt.label_moved").count() == 2


def test_each_roll_back_goes_one_move_further_back(prompt):
    versioned(prompt, "Two.", "Three.")
    moved(prompt, 2)
    moved(prompt, 3)

    assert roll_back(prompt).to_number == 2
    assert roll_back(prompt).to_number == 1
    with pytest.raises(LabelRefused, match="nowhere else before"):
        roll_back(prompt)


def test_a_move_after_a_roll_back_is_what_is_rolled_back_next(prompt):
    versioned(prompt, "Two.", "Three.")
    moved(prompt, 2)
    roll_back(prompt)
    moved(prompt, 3)

    assert roll_back(prompt).to_number == 1


def test_a_label_that_was_taken_away_comes_back_by_a_roll_back(prompt, organization):
    remove_label(prompt=prompt, label="production", actor=None, expected_moves=1)

    with pytest.raises(PromptNotFound, match="no label “production”"):
        find_version(organization, "DRAFTS")

    assert roll_back(prompt, expected_moves=0).to_number == 1


def test_an_old_page_does_not_fit_a_label_that_was_made_anew(prompt):
    versioned(prompt, "Two.")
    remove_label(prompt=prompt, label="production", actor=None)
    moved(prompt, 1)

    with pytest.raises(StaleLabel):
        move_label(
            prompt=prompt,
            label="production",
            to_number=2,
            actor=None,
            expected_moves=1,
        )


def test_moving_a_label_to_where_it_is_adds_nothing(prompt):
    outcome = move_label(prompt=prompt, label="production", to_number=1, actor=None)

    assert not outcome.is_new
    assert PromptLabelMove.objects.count() == 1


@pytest.mark.parametrize("label", ["", "latest", "Prod", "a b", "x" * 41, "7"])
def test_a_label_that_could_be_mistaken_is_refused(prompt, label):
    with pytest.raises(LabelRefused):
        move_label(prompt=prompt, label=label, to_number=1, actor=None)


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 2**70])
def test_a_version_that_is_not_there_is_refused(prompt, number):
    with pytest.raises(LabelRefused, match="has no version"):
        move_label(prompt=prompt, label="staging", to_number=number, actor=None)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("A", PromptReference("A", "production")),
        (" A@staging ", PromptReference("A", "staging")),
        ("A@7", PromptReference("A", "", 7)),
        ("A@v7", PromptReference("A", "", 7)),
        ("A@" + "9" * 30, PromptReference("A", "", 2**31 - 1)),
    ],
)
def test_a_version_is_named_by_label_or_number(text, reference):
    assert PromptReference.parse(text) == reference


def test_of_two_people_moving_a_label_one_wins_and_the_other_is_told(transactional_db):
    prompt = create_prompt(
        organization=OrganizationFactory(), name="A", text="1", actor=None
    ).prompt
    versioned(prompt, "2", "3")

    results = at_once(
        *(
            lambda number=number: move_label(
                prompt=prompt,
                label="production",
                to_number=number,
                actor=None,
                expected_moves=1,
            )
            for number in (2, 3)
        )
    )

    (winner,) = [one for one in results if not isinstance(one, StaleLabel)]
    (loser,) = [one for one in results if isinstance(one, StaleLabel)]
    assert label_of(prompt, "production").prompt_version.number == winner.to_number
    assert loser.current.prompt_version.number == winner.to_number
    assert PromptLabelMove.objects.count() == 2


def test_two_roll_backs_at_once_go_back_once(transactional_db):
    prompt = create_prompt(
        organization=OrganizationFactory(), name="A", text="1", actor=None
    ).prompt
    versioned(prompt, "2", "3")
    moved(prompt, 2)
    moved(prompt, 3)

    results = at_once(*[lambda: roll_back(prompt, expected_moves=3)] * 2)

    assert len(results) == 2
    assert PromptLabelMove.objects.count() == 4
    assert PromptLabel.objects.get().prompt_version.number == 2


def at_once(*calls):
    barrier = threading.Barrier(len(calls))
    results = []

    def run(call):
        try:
            barrier.wait(timeout=10)
            results.append(call())
        except StaleLabel as stale:
            results.append(stale)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results
