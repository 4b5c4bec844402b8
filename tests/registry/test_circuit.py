"""How a circuit moves: properties of the pure machine."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from registry.circuit import CLAIM, Circuit, Event, Phase, Tally, What

BEGIN = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)


def at(seconds):
    return BEGIN + datetime.timedelta(seconds=seconds)


def failed(seconds, probe=None):
    return Event(What.FAILED, at(seconds), probe, "network", "It was refused.")


def opened():
    """Opened at second 4, until second 9."""
    return Circuit().after_all(failed(second) for second in range(5))


def test_five_failures_in_a_row_open_it_for_five_seconds():
    four = Circuit().after_all(failed(second) for second in range(4))

    assert four.phase is Phase.CLOSED
    assert opened().phase is Phase.OPEN
    assert opened().retry_at == at(9)
    assert opened().error == "It was refused."


def test_failures_spread_over_more_than_thirty_seconds_do_not():
    circuit = Circuit().after_all(failed(second) for second in range(0, 80, 8))

    assert circuit.phase is Phase.CLOSED


def test_any_five_failures_within_thirty_seconds_do():
    seconds = [0, 28, 29, 31, 32, 33]

    circuit = Circuit().after_all(failed(second) for second in seconds)

    assert circuit.opened_at == at(33)


def test_a_success_between_begins_again():
    events = [failed(1), failed(2), failed(3), failed(4), Event(What.SUCCEEDED, at(5))]
    events += [failed(6), failed(7), failed(8), failed(9)]

    assert Circuit().after_all(events).phase is Phase.CLOSED


def test_one_probe_at_a_time_and_not_before_its_time():
    circuit = opened()

    assert circuit.after(Event(What.CLAIMED, at(8))) == circuit
    probing = circuit.after(Event(What.CLAIMED, at(9)))
    assert probing.phase is Phase.HALF_OPEN
    assert probing.after(Event(What.CLAIMED, at(12))) == probing


def test_a_probe_that_succeeds_closes_and_keeps_the_error_to_read():
    probing = opened().after(Event(What.CLAIMED, at(9)))

    circuit = probing.after(Event(What.SUCCEEDED, at(10), probe=at(9)))

    assert circuit.is_quiet
    assert circuit.error == "It was refused."


def test_a_probe_that_fails_opens_it_longer_but_never_beyond_ten_seconds():
    circuit, seconds = opened(), []
    for _ in range(5):
        began = circuit.retry_at
        circuit = circuit.after(Event(What.CLAIMED, began))
        circuit = circuit.after(Event(What.FAILED, began, began))
        seconds.append((circuit.retry_at - began).total_seconds())

    assert seconds == [10, 10, 10, 10, 10]
    assert circuit.opened_at == at(4)


def test_calls_that_began_before_it_opened_have_no_say():
    circuit = opened()
    probing = circuit.after(Event(What.CLAIMED, at(9)))

    for one in (circuit, probing):
        assert one.after(Event(What.SUCCEEDED, at(10))) == one
        assert one.after(failed(10)) == one
        assert one.after(Event(What.RELEASED, at(10))) == one


def test_a_claim_runs_out_and_its_late_failure_does_no_harm():
    first = opened().after(Event(What.CLAIMED, at(9)))
    second = first.after(Event(What.CLAIMED, at(19)))

    assert second.probe_claimed_at == at(19)
    assert second.after(failed(20, probe=at(9))) == second
    assert second.after(Event(What.SUCCEEDED, at(20), at(9))).phase is Phase.CLOSED


def test_a_probe_without_a_verdict_makes_room_for_the_next():
    probing = opened().after(Event(What.CLAIMED, at(9)))

    free = probing.after(Event(What.RELEASED, at(10), probe=at(9)))

    assert not probing.may_probe(at(10))
    assert free.may_probe(at(10))


def test_a_large_share_of_failures_trips_it():
    tally = Tally(BEGIN)
    results = [tally.note(failed=number % 2 == 0) for number in range(11)]

    assert results == [False] * 10 + [True]
    tripped = Circuit().after(Event(What.TRIPPED, at(1), None, "network", "…"))
    assert tripped.phase is Phase.OPEN


events = st.lists(
    st.tuples(
        st.sampled_from(list(What)),
        st.floats(0, 15),
        st.booleans(),
    ),
    max_size=60,
)


@given(events)
def test_whatever_happens_a_probe_is_due_within_twenty_seconds(steps):
    circuit, seconds, probe = Circuit(), 0.0, None
    for what, pause_s, is_probe in steps:
        seconds += pause_s
        now = at(seconds)
        before = circuit
        circuit = circuit.after(Event(what, now, probe if is_probe else None))
        if what is What.CLAIMED and circuit != before:
            # Never two probes at a time, but for a claim that ran out.
            claimed = before.probe_claimed_at
            assert claimed is None or now - claimed >= CLAIM
            probe = now
        assert circuit.phase is Phase.CLOSED or circuit.may_probe(at(seconds + 20))
        assert circuit.phase is not Phase.CLOSED or not circuit.openings
