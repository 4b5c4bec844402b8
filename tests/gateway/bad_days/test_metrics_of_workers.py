"""`/metrics` is the same whichever worker answers, and no count goes back with one."""

from __future__ import annotations

import time

from prometheus_client.parser import text_string_to_metric_families

from tests.gateway.bad_days.asking import HELLO

CHAT = "/v1/chat/completions"
PATIENCE_S = 20.0
EACH = 3


def scraped(client) -> dict[tuple, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


def counts(found: dict[tuple, float]) -> dict[tuple, float]:
    ends = ("_total", "_count", "_sum", "_bucket")
    return {key: value for key, value in found.items() if key[0].endswith(ends)}


def calls(found: dict[tuple, float]) -> float:
    return sum(
        value for key, value in found.items() if key[0] == "modelhub_calls_total"
    )


def processes(found: dict[tuple, float], name: str) -> set[int]:
    return {int(key[1][1]) for key in found if key[0] == name}


def comes_true(claim) -> bool:
    until = time.monotonic() + PATIENCE_S
    while not (is_so := claim()) and time.monotonic() < until:
        time.sleep(0.01)
    return is_so


def test_both_are_seen_and_the_counts_of_a_killed_one_stay(workers, asker):
    met = workers.meet()
    before = calls(scraped(next(iter(met.values()))))
    asked = {"model": f"acme/m-{asker.lane}", "messages": HELLO}
    for client in met.values():
        for _ in range(EACH):
            assert client.post(CHAT, json=asked).status_code == 200

    for client in met.values():
        assert comes_true(
            lambda client=client: calls(scraped(client)) == before + EACH * len(met)
        )
        found = scraped(client)
        for one in ("version", "current", "loaded_timestamp_seconds"):
            assert processes(found, f"modelhub_process_snapshot_{one}") == set(met)

    killed = next(iter(met))
    workers.kill(killed)
    now = workers.meet()
    for client in now.values():
        later = scraped(client)
        assert {key for key, value in counts(found).items() if later[key] < value} == (
            set()
        )
        assert killed not in processes(later, "modelhub_process_snapshot_version")
