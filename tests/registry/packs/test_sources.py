"""Packs that are loaded from an address, over real HTTP on loopback."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from registry.models import ActivePack, PackVersion
from registry.packs.writing import write_pack
from registry.services.pack_sources import SourceFailed, load_source, load_sources
from registry.services.packs import PackRefused, create_pack, describe_pack
from registry.tasks import load_pack_sources
from tests.registry.packs.packing import document, entry


class Site:
    """Answers every request with `body`."""

    def __init__(self):
        self.status, self.headers, self.body = 200, {}, b""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(site.status)
                for name, value in site.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(site.body)))
                self.end_headers()
                self.wfile.write(site.body)

            def log_message(self, *arguments):
                """Tests print nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/pack.yaml"

    def serve(self, *entries):
        self.body = write_pack(document(*entries, slug="theirs"), "yaml").encode()


@pytest.fixture
def site(settings):
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = True
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever)
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()
    thread.join()


@pytest.fixture
def pack(organization, site):
    version = create_pack(
        organization=organization,
        document=document(entry("planner", "openai/one"), slug="ours"),
        actor=None,
        source_url=site.url,
    )
    return version.pack


def test_a_changed_document_becomes_a_version_and_switches_nothing(pack, site):
    site.serve(entry("planner", "openai/two"))

    load_pack_sources()

    newest = pack.versions.latest("number")
    assert (newest.number, newest.actor_label) == (2, "pack source")
    assert newest.entries.get().model_reference == "openai/two"
    assert newest.note == "Loaded from its address."
    assert not ActivePack.objects.exists()
    pack.refresh_from_db()
    assert (pack.slug, pack.source_error, pack.source_read_at is None) == (
        "ours",
        "",
        False,
    )


def test_an_unchanged_document_makes_nothing(pack, site):
    site.serve(entry("planner", "openai/one"))

    assert load_sources() == 0
    assert PackVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, b"", "The address answered 404, not 200."),
        (302, b"", "The address answered 302, not 200."),
        (200, b"x" * 1_100_000, "The document is larger than 1 MB."),
        (200, b"name: Half\nfeatures:\n  planner: openai\n", "Line 3: planner: Write"),
        (200, b"<html></html>", "A pack is a mapping"),
    ],
)
def test_what_cannot_be_used_is_noted_and_changes_nothing(
    pack, site, status, body, expected
):
    site.status, site.body = status, body
    site.headers = {"location": site.url} if status == 302 else {}

    with pytest.raises(SourceFailed, match=expected):
        load_source(pack=pack, actor=None)

    pack.refresh_from_db()
    assert expected in pack.source_error
    assert PackVersion.objects.count() == 1


def test_one_that_fails_keeps_no_other_from_being_read(organization, pack, site):
    create_pack(
        organization=organization,
        document=document(entry("planner", "openai/one"), slug="broken"),
        actor=None,
        source_url="http://127.0.0.1:9/nothing",
    )
    site.serve(entry("planner", "openai/two"))

    assert load_sources() == 1


def test_an_address_inside_is_refused_where_the_operator_says_so(pack, site, settings):
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = False

    with pytest.raises(SourceFailed, match="MODELHUB_ALLOW_PRIVATE_ADDRESSES"):
        load_source(pack=pack, actor=None)


def test_the_address_of_a_clouds_credentials_is_refused(pack):
    with pytest.raises(PackRefused, match="begins with http"):
        describe_pack(
            pack=pack, name="X", description="", source_url="file:///etc/x", actor=None
        )
    pack.source_url = "http://169.254.169.254/latest"
    with pytest.raises(SourceFailed, match="never go there"):
        load_source(pack=pack, actor=None)
