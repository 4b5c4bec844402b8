"""A pack is switched, and taken back, in the middle of a stream of requests."""

import threading
import time

import httpx
import pytest

from registry.packs.writing import write_pack
from tests.registry.packs.packing import document, entry

HELLO = {"model": "feature:chat", "messages": [{"role": "user", "content": "Hi"}]}
BEFORE, PACKED = ("gpt-x", None), ("gpt-y", 0.5)
SEEN_S = 20.0
RECORDED_S = 15


class Client:
    """Asks without a pause, in a thread, and keeps every status."""

    def __init__(self, site):
        self.site = site
        self.statuses: list[int] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        headers = {"authorization": f"Bearer {self.site.token}"}
        with httpx.Client(
            base_url=self.site.url, headers=headers, timeout=20
        ) as client:
            while not self.stopping.is_set():
                answer = client.post("/v1/chat/completions", json=HELLO)
                self.statuses.append(answer.status_code)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.stopping.set()
        self.thread.join()


@pytest.fixture
def packs(gateway_site, tmp_path):
    """`modelhub packs` beside the server."""

    def run(*words):
        return gateway_site.run("manage.py", "packs", *words, "--organization", "site")

    said = entry(
        "chat", "openai/gpt-y", "acme/backup-y", parameters={"temperature": 0.5}
    )
    path = tmp_path / "pack.yaml"
    path.write_text(write_pack(document(said, slug="during-requests"), "yaml"))
    run("import", str(path))
    return run


def asked(site, since=0):
    """Model and temperature of each request that the provider got."""
    bodies = [one.json for one in site.upstreams["openai"].requests[since:]]
    return [(body["model"], body.get("temperature")) for body in bodies]


def seen_at_last(site, expected):
    deadline = time.monotonic() + SEEN_S
    while asked(site)[-1:] != [expected]:
        assert time.monotonic() < deadline, "The server goes on as before."
        time.sleep(0.01)


def recorded(site):
    """Requests by pack version, of those that this pack answered."""
    rows = site.query(
        "SELECT count(*) FROM analytics_usagerecord use "
        "JOIN registry_packversion version ON version.id = use.pack_version_id "
        "JOIN registry_pack pack ON pack.id = version.pack_id "
        "WHERE pack.slug = 'during-requests' AND version.number = 1"
    )
    return rows[0][0]


def test_no_request_is_lost_and_none_is_mixed(gateway_site, packs):
    with Client(gateway_site) as client:
        time.sleep(0.3)
        packs("switch", "during-requests")
        seen_at_last(gateway_site, PACKED)
        time.sleep(0.3)
        packs("rollback")
        seen_at_last(gateway_site, BEFORE)
        time.sleep(0.3)

    all_asked = asked(gateway_site)
    assert set(client.statuses) == {200}
    assert len(all_asked) == len(client.statuses)
    assert set(all_asked) == {BEFORE, PACKED}
    # One change there and one back: nobody answered from a mixture of both.
    turns = [
        one
        for one, after in zip(all_asked, all_asked[1:], strict=False)
        if one != after
    ]
    assert turns == [BEFORE, PACKED]

    deadline = time.monotonic() + RECORDED_S
    while recorded(gateway_site) < all_asked.count(PACKED):
        assert time.monotonic() < deadline, "Calls under the pack are not recorded."
        time.sleep(0.1)
    assert recorded(gateway_site) == all_asked.count(PACKED)
