"""No request fills the disk: a body has a bound before anybody looks at it."""

import asyncio

import pytest

from modelhub import body_limit
from modelhub.body_limit import BodyLimit


class Reading:
    """An application that reads everything, then answers how much it was."""

    def __init__(self) -> None:
        self.size = 0
        self.was_asked = False

    async def __call__(self, scope, receive, send) -> None:
        self.was_asked = True
        while True:
            message = await receive()
            self.size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"read"})


def sent(path: str, pieces: list[bytes], **headers: str):
    """The status, and the application behind the bound."""
    reading, answers = Reading(), []
    waiting = list(pieces)

    async def receive():
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message):
        answers.append(message)

    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": path, "headers": named}
    asyncio.run(BodyLimit(reading)(scope, receive, send))
    return answers[0]["status"], reading


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(body_limit, "USUAL_BYTES", 100)
    monkeypatch.setattr(body_limit, "LARGE_BYTES", 1_000)


def test_what_fits_goes_through_whole():
    status, reading = sent("/features/new/", [b"x" * 50, b"x" * 50])

    assert (status, reading.size) == (200, 100)


def test_a_length_that_is_too_much_is_refused_unread():
    status, reading = sent("/features/new/", [b""], **{"content-length": "101"})

    assert status == 413
    assert not reading.was_asked


@pytest.mark.parametrize("said", [{}, {"content-length": "x"}, {"content-length": "5"}])
def test_a_length_that_lies_is_found_out(said):
    status, reading = sent("/features/new/", [b"x" * 60] * 3, **said)

    assert status == 413
    assert reading.size < 101


def test_files_of_usage_may_be_larger():
    assert sent("/usage/import/file/", [b"x" * 900])[0] == 200
    assert sent("/usage/import/file/", [b"x" * 600] * 2)[0] == 413
