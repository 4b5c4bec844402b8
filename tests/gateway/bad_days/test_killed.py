"""A worker that is killed right after an answer left loses no record of it."""

from tests.gateway.bad_days.asking import HELLO, summary

ROUNDS = 2


def ask(asker, client, **more) -> None:
    asked = {"model": f"acme/m-{asker.lane}", "messages": HELLO, **more}
    path, headers = "/v1/chat/completions", asker.headers()
    with client.stream("POST", path, json=asked, headers=headers) as answer:
        assert answer.status_code == 200
        assert b"there" in answer.read()


def test_no_row_is_lost(workers, asker):
    for _ in range(ROUNDS):
        for is_stream, (pid, client) in enumerate(workers.meet().items()):
            ask(asker, client, stream=bool(is_stream))
            workers.kill(pid)

    workers.meet()
    rows = asker.rows(2 * ROUNDS, within_s=20)
    assert {summary(row)[1] for row in rows} == {"ok"}
    assert [row["is_stream"] for row in rows].count(True) == ROUNDS
    assert all(row["answered"] for row in rows)


def test_no_row_is_lost_while_the_database_is_away(workers, asker):
    clients = workers.meet().items()
    with asker.database_away():
        for is_stream, (pid, client) in enumerate(clients):
            ask(asker, client, stream=bool(is_stream))
            workers.kill(pid)

    workers.meet()
    rows = asker.rows(2, within_s=20)
    assert {summary(row)[1] for row in rows} == {"ok"}
