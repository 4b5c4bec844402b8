"""A case never changes: an edit sets it aside and puts another in its place."""

import dataclasses

import pytest

from analytics.benchmarking.case_content import BenchmarkRefused, CaseContent, asked
from analytics.models import BenchmarkCase
from analytics.services.benchmark_cases import (
    StaleCase,
    add_case,
    add_case_from,
    content_of,
    edit_case,
    living_cases,
    move_case,
    remove_case,
    take_back,
)
from registry.models import AuditEntry
from tests.analytics.benchmarks.suites import make_case, make_suite, png
from tests.factories import OrganizationFactory


@pytest.fixture
def suite(organization):
    return make_suite(organization)


def keys(suite) -> list[str]:
    return list(living_cases(suite).order_by("position").values_list("key", flat=True))


def test_cases_are_called_after_their_prompt_and_stand_in_order(suite):
    make_case(suite, "What is 2 + 2?")
    make_case(suite, "What is 2 + 2?")
    make_case(suite, "¿?")

    assert keys(suite) == ["what-is-2-2", "what-is-2-2-2", "case"]


def test_an_edit_keeps_the_row_that_results_refer_to(suite):
    old = make_case(suite, "What is 2 + 2?", key="sum", expected="4")
    make_case(suite, "Last", key="last")

    new = edit_case(case=old, content=asked("What is 2 + 3?", expected="5"), actor=None)

    old.refresh_from_db()
    assert old.replaced_at is not None
    assert content_of(old).prompt == "What is 2 + 2?"
    assert keys(suite) == ["sum", "last"]
    assert new.digest != old.digest
    entry = AuditEntry.objects.get(action="benchmark_case.edited")
    assert (entry.before["expected"], entry.after["expected"]) == ("4", "5")


def test_the_digest_tells_equal_questions_whatever_their_tags(suite):
    case = make_case(suite, expected="4")
    content = dataclasses.replace(content_of(case), tags=("easy",), weight=2)

    tagged = edit_case(case=case, content=content, actor=None)

    assert tagged.pk != case.pk
    assert tagged.digest == case.digest


def test_an_edit_without_change_leaves_everything_as_it_is(suite):
    case = make_case(suite, expected="4", tags=("easy",))

    assert edit_case(case=case, content=content_of(case), actor=None).pk == case.pk
    assert BenchmarkCase.objects.count() == 1


def test_two_edits_at_once_do_not_overwrite_each_other(suite):
    case = make_case(suite, "Old")
    edit_case(case=case, content=asked("New"), actor=None)

    with pytest.raises(StaleCase):
        edit_case(case=case, content=asked("Newer"), actor=None)
    with pytest.raises(StaleCase):
        remove_case(case=case, actor=None)


def test_an_edit_and_a_removal_are_taken_back(suite):
    old = make_case(suite, "Old", key="one")
    new = edit_case(case=old, content=asked("New"), actor=None)
    take_back(case=old, actor=None)
    assert [content_of(one).prompt for one in living_cases(suite)] == ["Old"]

    remove_case(case=old, actor=None)
    assert keys(suite) == []
    take_back(case=new, actor=None)
    assert [content_of(one).prompt for one in living_cases(suite)] == ["New"]


def test_a_case_is_moved_to_a_place(suite):
    cases = [make_case(suite, key=key) for key in ("a", "b", "c", "d")]

    assert move_case(case=cases[3], to=2, actor=None)
    assert keys(suite) == ["a", "d", "b", "c"]
    assert move_case(case=cases[0], to=99, actor=None)
    assert keys(suite) == ["d", "b", "c", "a"]
    assert not move_case(case=cases[3], to=-1, actor=None)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"messages": ()}, "messages"),
        ({"messages": ({"role": "user", "content": " "},)}, "messages"),
        ({"messages": ({"role": "tool", "content": "x"},)}, "messages"),
        ({"messages": ({"role": "assistant", "content": "x"},)}, "messages"),
        ({"messages": ({"role": "user", "content": "a\x00b"},)}, "messages"),
        ({"weight": 0}, "weight"),
        ({"weight": float("nan")}, "weight"),
        ({"tags": ("a,b",)}, "tags"),
        ({"tags": ("x" * 61,)}, "tags"),
        ({"images": ("0" * 64,)}, "images"),
        ({"expected": float("inf")}, "expected"),
        ({"expected": ["a\x00"]}, "expected"),
        ({"response_schema": []}, "response_schema"),
        ({"scorers": ({"weight": 1},)}, "scorers"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(suite, facts, field):
    content = dataclasses.replace(asked("Hello"), **facts)

    with pytest.raises(BenchmarkRefused) as refused:
        add_case(suite=suite, content=content, actor=None)
    assert list(refused.value.problems) == [field]
    assert keys(suite) == []


def test_a_case_comes_from_a_conversation_elsewhere(suite):
    case = add_case_from(
        suite=suite,
        messages=[{"role": "user", "content": "What is shown?"}],
        system="Be brief.",
        images=[png()],
        expected="A red field",
        tags=["vision"],
        origin={"kind": "playground"},
        actor=None,
    )

    assert content_of(case) == CaseContent(
        messages=({"role": "user", "content": "What is shown?"},),
        system="Be brief.",
        images=tuple(case.image_digests),
        expected="A red field",
        tags=("vision",),
    )
    assert case.origin == {"kind": "playground"}
    assert len(case.image_digests) == 1


def test_an_image_of_another_organisation_is_not_here(suite):
    other = add_case_from(
        suite=make_suite(OrganizationFactory()),
        messages=[{"role": "user", "content": "Look"}],
        images=[png()],
        actor=None,
    )

    with pytest.raises(BenchmarkRefused, match="no image"):
        make_case(suite, images=tuple(other.image_digests))


def test_bytes_that_are_no_image_make_no_case(suite):
    with pytest.raises(BenchmarkRefused, match="bytes are text"):
        add_case_from(
            suite=suite,
            messages=[{"role": "user", "content": "Look"}],
            images=[b"hello"],
            actor=None,
        )
    assert keys(suite) == []
