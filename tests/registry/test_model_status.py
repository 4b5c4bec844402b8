"""The one word that says whether an organisation can use a model now."""

import datetime

import pytest

from registry.model_status import Offer, best, status_of

NOW = datetime.datetime(2026, 11, 21, 9, 30, tzinfo=datetime.UTC)
EARLIER = datetime.datetime(2026, 11, 21, 8, 12, tzinfo=datetime.UTC)


def offer(**changes) -> Offer:
    return Offer(
        **{
            "is_available": True,
            "is_loaded": None,
            "reason": "",
            "changed_at": EARLIER,
            "provider": "OpenAI",
            "label": "production",
            "is_enabled": True,
            "state": "connected",
            "checked_at": EARLIER,
            **changes,
        }
    )


def status(one, is_enabled=True, **facts):
    return status_of(one, is_enabled=is_enabled, now=NOW, **facts)


def test_offered_and_enabled_is_active():
    assert status(offer()).word == "active"
    assert status(offer()).tone == "success"


def test_offered_and_not_enabled_is_available():
    assert status(offer(), is_enabled=False).word == "available"


def test_a_connection_not_checked_yet_counts_as_usable():
    assert status(offer(state="unchecked")).word == "active"


def test_without_a_connection_there_is_no_word():
    assert status(None).word == ""
    assert status(None).label == "Enabled"
    assert status(None, is_enabled=False).label == ""


def test_a_rejected_key_is_named_with_its_time():
    found = status(offer(state="key_rejected"))

    assert found.word == "unavailable"
    assert found.reason == "OpenAI: key rejected at 08:12 UTC"
    assert found.since == EARLIER
    assert found.is_away


def test_another_day_is_named():
    yesterday = EARLIER - datetime.timedelta(days=1)

    found = status(offer(state="unreachable", checked_at=yesterday))

    assert found.reason == "OpenAI: not reachable on 20 Nov 2026, 08:12 UTC"


def test_a_connection_that_is_switched_off_says_so():
    found = status(offer(is_enabled=False))

    assert (found.word, found.reason) == (
        "unavailable",
        "OpenAI: the connection is switched off",
    )


def test_a_model_that_is_no_longer_offered_keeps_its_reason():
    found = status(offer(is_available=False, reason="OpenAI no longer offers it."))

    assert (found.word, found.reason) == ("unavailable", "OpenAI no longer offers it.")


def test_of_two_connections_a_usable_one_counts():
    bad, good = offer(state="failing"), offer(label="second", is_loaded=True)

    assert best([bad, good]) is good
    assert best([bad, bad._replace(label="third")]) is bad
    assert best([]) is None
    assert status(good).is_loaded is True


@pytest.mark.parametrize(
    "facts",
    [{"retired_on": datetime.date(2026, 11, 21)}, {"is_listed": False}],
)
def test_what_is_retired_or_gone_is_unavailable_whoever_offers_it(facts):
    found = status(offer(), **facts)

    assert found.word == "unavailable"
    assert found.reason
    assert not found.is_away
