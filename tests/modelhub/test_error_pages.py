import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, connection, connections
from django.test import AsyncClient, Client
from django.urls import reverse

from modelhub.error_pages import checked_connections
from modelhub.request_id import RequestIdFilter


@pytest.fixture
def broken(monkeypatch):
    """Breaks the sign-in page with the error given; a browser that looks at it."""

    def break_with(error: Exception) -> Client:
        def fail(*args: object, **kwargs: object) -> None:
            raise error

        monkeypatch.setattr("registry.views.sign_in.SignIn.get", fail)
        return Client(raise_request_exception=False)

    return break_with


def test_a_fault_has_its_own_page_with_the_request_id(broken, caplog):
    response = broken(RuntimeError("boom")).get(reverse("sign_in"))
    page = response.content.decode()

    assert response.status_code == 500
    assert "Something went wrong here" in page
    assert response["X-Request-ID"] in page
    assert "boom" not in page


def test_a_fault_is_in_the_log_once_with_its_traceback(broken, caplog):
    broken(RuntimeError("boom")).get(reverse("sign_in"))

    records = [one for one in caplog.records if one.name == "django.request"]
    assert len(records) == 1
    assert records[0].exc_info
    assert str(records[0].exc_info[1]) == "boom"


def test_an_outage_is_503_and_one_line_in_the_log(broken, caplog):
    error = OperationalError("connection failed: Connection refused")

    response = broken(error).get(reverse("sign_in"))

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "The database does not answer" in response.content.decode()
    records = [one for one in caplog.records if one.name == "django.request"]
    assert len(records) == 1
    assert records[0].exc_info is None
    assert "cannot be used: Connection refused." in records[0].getMessage()


def test_an_outage_before_any_view_is_503_too(editor, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("registry.access.memberships_of", fail)
    editor.raise_request_exception = False

    assert editor.get("/").status_code == 503


def test_without_style_sheets_a_fault_is_plain_text(broken, settings, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr("modelhub.error_pages.render_to_string", fail)

    response = broken(RuntimeError("boom")).get(reverse("sign_in"))

    assert response.status_code == 500
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Request-ID"] in response.content.decode()


def test_under_asgi_a_page_is_made_by_the_requests_own_thread(membership):
    # Another thread has a connection of its own, and sees nothing of this transaction.
    browser = AsyncClient()
    browser.force_login(membership.user)

    response = async_to_sync(browser.get)("/models/openai/no-such-model/")

    assert response.status_code == 404
    assert membership.organization.name in response.content.decode()


def test_a_thread_of_error_pages_finds_the_database_again(db):
    def session() -> int:
        with checked_connections(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(session).result()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [first])
        second = thread.submit(session).result()
        thread.submit(connections.close_all).result()

    assert first != second


@pytest.mark.parametrize("path", ["/no-such-page/", "/static/no-such.css"])
def test_a_visitor_gets_404_for_what_does_not_exist(client, db, path):
    response = client.get(path)

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_a_wrong_host_name_is_400(client, db, settings):
    settings.ALLOWED_HOSTS = ["modelhub.example"]

    response = client.get("/sign-in/", headers={"host": "evil.example"})

    assert response.status_code == 400


def test_each_request_has_an_id_of_its_own(client, db):
    first, second = (client.get("/sign-in/")["X-Request-ID"] for _ in range(2))

    assert first != second


def test_the_id_of_a_proxy_is_kept(client, db):
    response = client.get("/sign-in/", headers={"x-request-id": "proxy-12345"})

    assert response["X-Request-ID"] == "proxy-12345"


@pytest.mark.parametrize("given", ["short", "<script>alert(1)</script>", "x" * 65])
def test_an_id_that_could_do_harm_is_replaced(client, db, given):
    response = client.get("/sign-in/", headers={"x-request-id": given})

    assert response["X-Request-ID"] != given


def test_log_lines_outside_a_request_have_no_id():
    record = logging.makeLogRecord({})

    RequestIdFilter().filter(record)

    assert record.__dict__["request_id"] == "-"
