"""ModelHub behind nginx with the configuration of docs/deploy, over TLS."""

from __future__ import annotations

import datetime
import http.client
import json
import os
import re
import ssl
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.gateway.programs import need, running
from tests.gateway.site import ROOT, GatewaySite, database_name, free_port, new_site
from tests.upstream import openai_wire

pytestmark = pytest.mark.service("nginx")
NGINX = need("nginx")
HOST = "hub.example.com"
ELSEWHERE = "127.0.0.9"
"""Another address of this machine, from which clients come."""
CHAT = {"model": "feature:chat", "messages": [{"role": "user", "content": "Hi"}]}
MEGABYTE = 2**20
AROUND = """
pid {folder}/nginx.pid;
error_log stderr;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{example}
}}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewaySite]:
    made = new_site(
        database_name("proxied"),
        tmp_path_factory.mktemp("proxied"),
        variables={
            "USE_HTTPS": "1",
            "ALLOWED_HOSTS": HOST,
            "MODELHUB_URL": f"https://{HOST}",
        },
    )
    try:
        made.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        made.start()
        yield made
    finally:
        made.stop()
        made.drop()
        for upstream in made.upstreams.values():
            upstream.stop()


@pytest.fixture(scope="module")
def ports(site, tmp_path_factory) -> Iterator[dict[str, int]]:
    """nginx with the example; its ports by scheme."""
    folder = tmp_path_factory.mktemp("nginx")
    ports = {"http": free_port(), "https": free_port()}
    certify(folder)
    (folder / "nginx.conf").write_text(configuration(folder, site, ports))
    words = ["-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    with running([NGINX, *words, "-g", "daemon off;"], ports["https"]):
        yield ports


def configuration(folder: Path, site: GatewaySite, ports: dict[str, int]) -> str:
    """The example, at free ports and with a certificate of its own."""
    example = (ROOT / "docs/deploy/nginx.conf").read_text()
    for there, here in {
        "127.0.0.1:8000": f"127.0.0.1:{site.port}",
        "listen 443": f"listen 127.0.0.1:{ports['https']}",
        "listen 80": f"listen 127.0.0.1:{ports['http']}",
        "/etc/ssl/": f"{folder}/",
    }.items():
        assert there in example
        example = example.replace(there, here)
    user = "user root;" if os.getuid() == 0 else ""
    return AROUND.format(folder=folder, example=example, user=user)


def certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / f"{HOST}.pem").write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    (folder / f"{HOST}.key").write_bytes(key.private_bytes(pem, plain[1], plain[0]))


@pytest.fixture
def client(ports) -> Iterator[httpx.Client]:
    """Someone elsewhere, who reaches the name `HOST` over TLS."""
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    with httpx.Client(
        base_url=f"https://127.0.0.1:{ports['https']}",
        headers={"Host": HOST},
        transport=httpx.HTTPTransport(verify=trusting, local_address=ELSEWHERE),
        timeout=20,
    ) as one:
        yield one


@pytest.fixture
def person(site, client) -> httpx.Client:
    """An admin of the organisation, signed in."""
    words = ("--organization", "site", "--role", "admin")
    printed = site.run("manage.py", "users", "add", f"{uuid.uuid4()}@x.test", *words)
    link = re.search(r"/sign-in/link/\S+", printed)
    assert link, printed
    answer = client.get(link.group(), follow_redirects=False)
    assert answer.status_code == 302, answer.text
    keep_cookies(client, answer)
    return client


def keep_cookies(client: httpx.Client, answer: httpx.Response) -> None:
    """A browser would; httpx goes by the address it was told, not by the name."""
    for line in answer.headers.get_list("set-cookie"):
        name, _, value = line.partition(";")[0].partition("=")
        client.cookies.set(name, value)


def test_a_stream_comes_as_it_is_made(site, client):
    site.quiet()
    whole = openai_wire.stream("early", "late")
    site.upstreams["openai"].script.append(whole.but(silent_after=2))
    asked = {"json": {**CHAT, "stream": True}, "headers": bearer(site)}

    with client.stream("POST", "/v1/chat/completions", **asked) as answer:
        lines = answer.iter_lines()
        first = next(line for line in lines if "early" in line)

    # The provider has not said the rest, and never will.
    assert json.loads(first.removeprefix("data: "))


def bearer(site: GatewaySite) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.token}"}


def test_cookies_and_headers_are_those_of_https(client):
    answer = client.get("/sign-in/")

    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    assert all("Secure" in one and "HttpOnly" in one for one in cookies)


def test_plain_http_leads_to_https(ports):
    headers = {"Host": HOST}
    at = f"http://127.0.0.1:{ports['http']}"

    answer = httpx.post(f"{at}/v1/messages?a=b", headers=headers)

    assert answer.status_code == 308
    assert answer.headers["location"] == f"https://{HOST}/v1/messages?a=b"


def test_metrics_are_closed_to_the_outside(client):
    for path in ("/metrics", "/metrics?x=1", "/%6Detrics", "/v1/../metrics"):
        assert client.get(path).status_code in {403, 404}, path


def test_a_form_passes_and_the_audit_log_knows_who_sent_it(site, person):
    page = person.get("/usage/import/")
    keep_cookies(person, page)
    line = {"id": "a", "started_at": "2026-11-21T09:30:00Z", "model": "openai/gpt-x"}
    body = "".join(
        json.dumps({**line, "id": f"call-{number}", "tags": {"note": "x" * 60}}) + "\n"
        for number in range(30_000)
    ).encode()
    assert len(body) > 4 * MEGABYTE

    answer = person.post(
        "/usage/import/file/",
        files={"file": ("calls.jsonl", body)},
        data={"csrfmiddlewaretoken": form_token(page.text)},
        headers={
            "Referer": f"https://{HOST}/usage/import/",
            "Origin": f"https://{HOST}",
            # What a client says of itself is not believed.
            "X-Forwarded-For": "203.0.113.66",
            "X-Forwarded-Proto": "http",
        },
    )

    assert answer.status_code == 302, answer.text[:500]
    assert answer.headers["location"].startswith("/usage/import/")
    newest = "SELECT host(address) FROM registry_auditentry ORDER BY id DESC LIMIT 1"
    assert site.query(newest) == [(ELSEWHERE,)]


def form_token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found.group(1)


def test_files_of_usage_pass_and_larger_ones_are_refused(site, client):
    headers = {"Authorization": f"Bearer {site.tokens['usage_only']}"}
    lines = b'{"id": "big-1"}\n' + b" " * 8 * MEGABYTE

    passed = client.post("/api/usage", content=lines, headers=headers)
    assert passed.status_code == 200

    port = client.base_url.port
    trusting = ssl._create_unverified_context()
    told = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, timeout=20)
    told.putrequest("POST", "/api/usage", skip_host=True)
    for name, value in {**headers, "Host": HOST}.items():
        told.putheader(name, value)
    told.putheader("Content-Length", str(521 * MEGABYTE))
    told.endheaders()
    assert told.getresponse().status == 413
    told.close()
