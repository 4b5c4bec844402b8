"""A question of the playground becomes a benchmark case, with its answer if wished."""

import pytest

from analytics.models import BenchmarkCase, BenchmarkSuite
from recommender.playground_request import Inputs
from tests.factories import OrganizationFactory
from tests.recommender.playground import answer_all, run_of


@pytest.fixture
def answer(membership):
    inputs = Inputs(
        system="Speak {{language}}.",
        messages=({"role": "user", "content": "Say hello."},),
        variables={"language": "Danish"},
    )
    return answer_all(run_of(membership, inputs=inputs), "Hej.")[0]


def address_of(answer):
    return f"/playground/answers/{answer.pk}/case/"


def test_a_new_suite_takes_the_question_with_its_answer(editor, answer):
    editor.post(address_of(answer), {"new_suite": "Greetings", "is_expected": "on"})

    case = BenchmarkCase.objects.get()
    assert (case.suite.name, case.system) == ("Greetings", "Speak Danish.")
    assert case.messages == [{"role": "user", "content": "Say hello."}]
    assert case.expected == "Hej."
    assert case.origin["answer"] == str(answer.pk)


def test_a_suite_that_is_there_takes_it_without_an_answer(editor, answer):
    editor.post(address_of(answer), {"new_suite": "Greetings"})
    suite = BenchmarkSuite.objects.get()

    told = editor.post(
        address_of(answer), {"suite": suite.pk}, headers={"HX-Request": "true"}
    )

    assert told["HX-Redirect"] == f"/benchmarks/suites/{suite.key}/"
    assert [one.expected for one in suite.cases.all()] == [None, None]


def test_without_a_suite_nothing_is_saved(editor, answer):
    told = editor.post(address_of(answer))

    assert told.status_code == 422
    assert "Choose a suite, or name a new one." in told.content.decode()
    assert not BenchmarkSuite.objects.exists()


def test_a_suite_of_another_organisation_is_no_choice(editor, stranger, answer):
    suite = BenchmarkSuite.objects.create(
        organization=OrganizationFactory(), key="theirs", name="Theirs"
    )

    assert editor.post(address_of(answer), {"suite": suite.pk}).status_code == 422
    assert stranger.get(address_of(answer)).status_code == 404
    assert not BenchmarkCase.objects.exists()
