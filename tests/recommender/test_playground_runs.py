"""A run of the playground belongs to who asked; a link shows it to the others."""

import pytest

from recommender.models import AnswerState, PlaygroundAnswer, PlaygroundRun, Vote
from recommender.services.playground_answers import claim_answer
from recommender.services.playground_runs import share_run
from registry.models import Role
from tests.factories import MembershipFactory, enabled_model
from tests.recommender.playground import MODELS, answer_all, run_of

NAMES = [one.partition("/")[2] for one in MODELS]


@pytest.fixture
def run(membership, organization):
    enabled_model(organization)
    return run_of(membership)


@pytest.fixture
def blind(membership, organization):
    enabled_model(organization)
    run = run_of(membership, is_blind=True)
    answers = answer_all(run)
    answers[2].state = AnswerState.FAILED
    answers[2].error = f"Nobody could answer: {answers[2].reference}"
    answers[2].trace = [f"Attempt 1: {answers[2].reference} failed"]
    answers[2].save()
    return run


def page_of(client, address):
    return client.get(address).content.decode()


@pytest.mark.parametrize("kind", ["page", "fragment", "shared", "history"])
def test_no_name_is_in_the_page_before_the_vote(
    editor, viewer, membership, blind, kind
):
    for one in blind.answers.all():
        one.request_id = "0190aaaa-0000-7000-8000-000000000001"
        one.cost_usd = "0.5"
        one.save()
    shared = share_run(run=blind, actor=membership.user)
    fragment = {"HX-Request": "true", "HX-Target": "playground-answers"}
    page = {
        "page": lambda: editor.get(blind.get_absolute_url()),
        "fragment": lambda: editor.get(blind.get_absolute_url(), headers=fragment),
        "shared": lambda: viewer.get(f"/playground/shared/{shared.share_key}/"),
        "history": lambda: editor.get("/playground/history/"),
    }[kind]()

    text = page.content.decode()
    assert page.status_code == 200
    assert not [name for name in NAMES if name in text]
    assert "0190aaaa" not in text
    assert "0.50" not in text


def test_a_vote_shows_names_and_figures(editor, blind):
    best = blind.answers.first()

    answer = editor.post(
        f"{blind.get_absolute_url()}vote/",
        {"best": str(best.pk)},
        headers={"HX-Request": "true", "HX-Target": "playground-answers"},
    )

    text = answer.content.decode()
    assert [name for name in NAMES if name in text] == NAMES
    assert "Voted blind" in text
    assert Vote.objects.get().winner == best


def test_names_can_be_shown_without_a_vote_which_then_is_not_blind(editor, blind):
    editor.post(f"{blind.get_absolute_url()}names/")
    editor.post(f"{blind.get_absolute_url()}vote/", {"best": "equal"})

    given = Vote.objects.get()
    assert (given.winner, given.is_blind) == (None, False)


def test_a_blind_run_goes_on_with_its_models_without_naming_them(editor, blind):
    editor.post(
        "/playground/start/",
        {"message": "Once more", "parent": blind.pk, "of_parent": "1", "blind": "on"},
    )

    again = PlaygroundRun.objects.exclude(pk=blind.pk).get()
    assert again.parent == blind
    assert {one.reference for one in again.answers.all()} == set(MODELS)


def test_a_blind_run_stands_in_an_order_that_says_nothing(membership, organization):
    models = [enabled_model(organization) for _ in range(6)]
    orders = {
        tuple(
            one.reference
            for one in run_of(membership, asked=models, is_blind=True).answers.all()
        )
        for _ in range(8)
    }

    assert len(orders) > 1


def test_two_answers_are_told_apart_by_their_words(editor, run):
    one, other, _ = answer_all(run, "The parcel is late.", "The parcel is lost.")

    text = page_of(editor, f"{run.get_absolute_url()}diff/?a={one.pk}&b={other.pk}")

    assert "<del>late</del>" in text
    assert "<ins>lost</ins>" in text


def test_only_answers_of_the_run_are_compared(editor, run, membership):
    one, *_ = answer_all(run)
    other = answer_all(run_of(membership, "openai/x"))[0]

    address = f"{run.get_absolute_url()}diff/?a={one.pk}&b={other.pk}"

    assert editor.get(address).status_code == 404


def test_a_shared_run_is_read_by_members_and_nobody_else(
    editor, viewer, stranger, client, run
):
    answer_all(run, "A warm answer.")
    editor.post(f"{run.get_absolute_url()}share/")
    run.refresh_from_db()
    address = f"/playground/shared/{run.share_key}/"

    text = page_of(viewer, address)

    assert "A warm answer." in text
    assert "Best answer" not in text
    assert "data-ask" not in text
    assert len(run.share_key) >= 32
    assert stranger.get(address).status_code == 404


def test_a_link_that_was_taken_back_leads_nowhere(editor, viewer, run):
    editor.post(f"{run.get_absolute_url()}share/")
    run.refresh_from_db()
    editor.post(f"{run.get_absolute_url()}share/", {"stop": "1"})

    assert viewer.get(f"/playground/shared/{run.share_key}/").status_code == 404


def test_running_again_asks_the_same_of_the_same(editor, run):
    editor.post(f"{run.get_absolute_url()}again/")

    again = PlaygroundRun.objects.exclude(pk=run.pk).get()
    assert (again.parent, again.messages) == (run, run.messages)
    assert [one.reference for one in again.answers.all()] == list(MODELS)


def test_a_run_whose_models_are_gone_is_not_asked_again(editor, run):
    run.answers.update(ai_model=None)

    answer = editor.post(f"{run.get_absolute_url()}again/", follow=True)

    assert "None of its models is in the catalogue" in answer.content.decode()
    assert PlaygroundRun.objects.count() == 1


@pytest.mark.parametrize("who", ["viewer", "colleague", "stranger"])
def test_a_run_is_its_authors_alone(viewer, stranger, client, organization, run, who):
    answer = answer_all(run)[0]
    colleague = MembershipFactory(organization=organization, role=Role.EDITOR)
    client.force_login(colleague.user)
    asking = {"viewer": viewer, "colleague": client, "stranger": stranger}[who]
    page, of_answer = run.get_absolute_url(), f"/playground/answers/{answer.pk}/"

    assert asking.get(page).status_code == 404
    assert asking.get(f"{page}diff/?a={answer.pk}&b={answer.pk}").status_code == 404
    assert asking.get(f"{of_answer}code/").status_code == 404
    refused = 403 if who == "viewer" else 404
    for address in ("vote/", "names/", "again/", "share/"):
        assert asking.post(page + address).status_code == refused
    for address in (f"{of_answer}rate/", f"{of_answer}again/"):
        assert asking.post(address).status_code == refused
    assert asking.post(f"/trials/answers/{answer.pk}/").status_code == refused


def test_two_windows_ask_once(run):
    answer = run.answers.first()

    assert claim_answer(answer)
    assert not claim_answer(PlaygroundAnswer.objects.get(pk=answer.pk))


def test_a_failed_answer_is_asked_again_and_a_good_one_is_not(editor, run):
    good, _, bad = answer_all(run)
    bad.state, bad.error = AnswerState.FAILED, "Refused."
    bad.save()

    for one in (good, bad):
        editor.post(f"/playground/answers/{one.pk}/again/")
        one.refresh_from_db()

    assert (good.state, bad.state) == (AnswerState.DONE, AnswerState.WAITING)
    assert bad.error == ""


def test_a_rating_is_kept_and_a_wrong_one_is_not(editor, run):
    answer = answer_all(run)[0]
    address = f"/playground/answers/{answer.pk}/rate/"
    asked = {"headers": {"HX-Request": "true"}}

    good = editor.post(address, {"rating": "4", "note": "Warm"}, **asked)
    bad = editor.post(address, {"rating": "6"}, **asked)

    answer.refresh_from_db()
    assert (answer.rating, answer.note) == (4, "Warm")
    assert "Saved" in good.content.decode()
    assert bad.status_code == 422


def test_history_is_searched_by_prompt_and_model(editor, run, membership):
    run_of(membership, "openai/x", inputs=None)

    found = page_of(editor, "/playground/history/?q=HELLO+claude-b")
    nothing = page_of(editor, "/playground/history/?q=goodbye")

    assert str(run.pk) in found
    assert found.count("/playground/runs/") == 1
    assert "No run matches" in nothing


def test_the_card_of_votes_says_what_they_come_to(editor, membership, run):
    answers = answer_all(run)
    editor.post(f"{run.get_absolute_url()}vote/", {"best": str(answers[0].pk)})

    text = page_of(editor, "/playground/votes/")

    assert "Not enough votes to rank: at least 4 more." in text
    assert "2 of 2" in text
