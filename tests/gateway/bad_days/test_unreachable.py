"""Nothing listens at a provider's address, or its name does not resolve."""

import time

import pytest

from tests.gateway.bad_days.asking import OTHERS, SOME, summary

AWAY = {"closed": "refused", "nowhere": "dns"}


@pytest.mark.parametrize("way", SOME, ids=str)
@pytest.mark.parametrize("organization", AWAY)
def test_the_fallback_answers_at_once(asker, way, organization):
    begun = time.monotonic()

    said = asker.ask(way, organization=organization)

    assert time.monotonic() - begun < 15
    assert said.text == "Hello there."
    failed, answered = asker.rows(2)
    code = AWAY[organization]
    assert summary(failed) == (asker.model(way), "error", "network", code)
    # Nobody was reached, so nobody sends a bill.
    assert (failed["cost_usd"], failed["cost_state"]) == (0, "computed")
    assert summary(answered) == ("spare/ok", "ok", "", "")


@pytest.mark.parametrize("way", OTHERS, ids=str)
@pytest.mark.parametrize("organization", AWAY)
def test_without_a_fallback_the_client_is_told(asker, way, organization):
    with pytest.raises(way.errors.InternalServerError) as raised:
        asker.ask(way, organization=organization, fallback="off")

    assert raised.value.status_code == 502
    assert {summary(row)[2:] for row in asker.rows(2)} == {
        ("network", AWAY[organization])
    }
