"""What every answer tells the browser, and that one switch secures cookies."""

import os
import subprocess
import sys

import pytest

from tests.modelhub.embedding import REPOSITORY

PATHS = ["/", "/models/", "/sign-in/", "/no-such-page/", "/api/openapi.json", "/admin/"]


def policy(response) -> dict[str, str]:
    said = response["Content-Security-Policy"].split(";")
    return {part.split()[0]: " ".join(part.split()[1:]) for part in said}


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_locked_down(editor, path):
    response = editor.get(path)

    said = policy(response)
    assert said["default-src"] == "'none'"
    assert said["script-src"] == "'self'"
    assert said["base-uri"] == "'none'"
    assert said["frame-ancestors"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "*" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def checked(**variables: str) -> subprocess.CompletedProcess[str]:
    usual = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DJANGO_SETTINGS_MODULE", "SECRET_KEY", "USE_HTTPS", "DEBUG"}
    }
    secret = "c0vering-fifty-characters-with-letters-digits-and-signs-!4"
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=REPOSITORY,
        env={**usual, "SECRET_KEY": secret, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_deployment_behind_tls_passes_every_check():
    done = checked(USE_HTTPS="1", ALLOWED_HOSTS="hub.example.com")

    assert done.returncode == 0, done.stdout + done.stderr


def test_without_the_switch_the_check_names_what_is_open():
    done = checked()

    assert done.returncode != 0
    for number in ("W008", "W012", "W016"):
        assert f"security.{number}" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("LOG_FORMAT", "xml", "LOG_FORMAT='xml' is none of line, json")],
)
def test_a_setting_that_makes_no_sense_is_named(name, value, said):
    done = checked(**{name: value})

    assert done.returncode == 1
    assert said in done.stderr


def test_nobody_can_sign_in_to_a_new_installation(client, db):
    for email, password in (("admin", "admin"), ("admin@example.com", "modelhub")):
        answer = client.post("/sign-in/", {"username": email, "password": password})
        assert answer.status_code != 302
    assert "_auth_user_id" not in client.session
