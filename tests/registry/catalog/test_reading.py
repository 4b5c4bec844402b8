import datetime
import gzip
import http.server
import json
import threading

import pytest

from registry.catalog.document import CatalogError
from registry.catalog.reading import read_source


class Handler(http.server.BaseHTTPRequestHandler):
    leads_to = "/data.json"

    def do_GET(self):
        body = json.dumps({"path": self.path}).encode()
        if self.path in {"/moved", "/elsewhere"}:
            self.send_response(302)
            self.send_header("Location", self.leads_to)
            self.end_headers()
            return
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
        cut = 5 if self.path == "/torn" else 0
        self.send_header("Content-Length", str(len(body) + cut))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_read_with_the_day_that_it_states(address):
    source = read_source(f"{address}/data.json")

    assert source.content == {"path": "/data.json"}
    assert source.read_on == datetime.date(2026, 11, 2)


def test_a_redirect_is_followed(address):
    assert read_source(f"{address}/moved").content == {"path": "/data.json"}


@pytest.mark.parametrize(
    "forbidden", ["http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/"]
)
def test_a_forbidden_address_is_not_asked_and_not_redirected_to(
    address, forbidden, monkeypatch
):
    monkeypatch.setattr(Handler, "leads_to", forbidden)

    for asked in (forbidden, f"{address}/elsewhere"):
        with pytest.raises(CatalogError, match="link-local"):
            read_source(asked)


@pytest.mark.parametrize("path", ["/missing", "/torn"])
def test_an_error_or_a_cut_answer_is_refused(address, path):
    with pytest.raises(CatalogError, match="cannot be read"):
        read_source(f"{address}{path}")


def test_a_server_that_is_not_there_is_one_clear_error():
    with pytest.raises(CatalogError, match="cannot be read"):
        read_source("http://127.0.0.1:9/data.json")


@pytest.mark.parametrize("address", ["http://[", "http://", "\x00"])
def test_what_is_no_address_is_one_clear_error(address):
    with pytest.raises(CatalogError):
        read_source(address)


def test_a_packed_file_is_unpacked(tmp_path):
    file = tmp_path / "data.json"
    file.write_bytes(gzip.compress(b"[1]"))

    assert read_source(str(file)).content == [1]


def test_the_day_that_a_person_gives_wins(tmp_path):
    file = tmp_path / "data.json"
    file.write_text("[1]")
    day = datetime.date(2026, 5, 21)

    assert read_source(str(file), day).read_on == day


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_huge_file_is_refused_packed_or_not(tmp_path, pack):
    file = tmp_path / "data.json"
    file.write_bytes(pack(b"[" + b" " * 3_000_000 + b"]"))

    with pytest.raises(CatalogError, match="larger than 1 MB"):
        read_source(str(file), max_bytes=1_048_576)
