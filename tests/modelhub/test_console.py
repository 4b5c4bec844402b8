"""Exit codes and sentences of the console command."""

import os
import signal
import subprocess
import sys

import pytest

from modelhub.embedded.postgres import Postgres
from modelhub.embedded.sharing import is_kept
from tests.modelhub.commands import environment_for, modelhub
from tests.modelhub.embedding import REPOSITORY, eventually, new_layout, python_for


@pytest.fixture(scope="module")
def migrated():
    """An installation with tables and nothing in them: making them costs seconds."""
    with new_layout() as made:
        done = modelhub(made, "migrate", "--verbosity", "0")
        assert done.returncode == 0, done.stderr
        yield made


def test_version_and_help_start_nothing(layout):
    version = modelhub(layout, "--version")
    usage = modelhub(layout, "help")

    assert (version.returncode, version.stdout) == (0, "ModelHub 0.1.0\n")
    assert usage.returncode == 0
    assert not layout.postgres_data.exists()


@pytest.mark.parametrize("words", [("check",), ("migrate", "--help")])
def test_what_needs_no_database_starts_none(layout, words):
    assert modelhub(layout, *words).returncode == 0
    assert not layout.postgres_data.exists()


def test_the_first_command_makes_a_private_key(layout):
    modelhub(layout, "check")

    assert layout.secret_key_file.stat().st_mode & 0o777 == 0o600
    assert len(layout.read_secret_key()) > 50


def test_a_command_starts_the_database_and_leaves_nothing_running(migrated):
    added = modelhub(
        migrated, "users", "add", "a@example.com", "--organization", "x", "--superuser"
    )
    listed = modelhub(migrated, "users", "list")

    assert "/sign-in/link/?sesame=" in added.stdout
    assert listed.stdout == "a@example.com\tx\tviewer\n"
    assert not is_kept(Postgres(migrated))


def test_a_database_without_tables_says_what_to_run(layout):
    result = modelhub(layout, "users", "list")

    assert result.returncode == 1
    assert result.stderr == (
        "modelhub: The database is behind this version; run `modelhub migrate` first.\n"
    )
    assert not is_kept(Postgres(layout))


def test_ctrl_c_stops_the_database_too(layout):
    waiting = "import time; print('ready', flush=True); time.sleep(60)"
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", waiting]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=environment_for(layout),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate()

    assert process.returncode == 130
    assert "Traceback" not in complaints
    assert eventually(lambda: not is_kept(Postgres(layout)))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("nonsense",), "There is no command 'nonsense'. See `modelhub help`."),
        (("migrat",), "There is no command 'migrat'. Did you mean migrate?"),
        (("users", "add"), "the following arguments are required: email"),
        (("users",), "the following arguments are required: verb"),
    ],
)
def test_wrong_usage_is_exit_code_2(layout, words, sentence):
    result = modelhub(layout, *words)

    assert result.returncode == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "DATABASE_URL must name a PostgreSQL database"),
        ("sqlite:///x", "DATABASE_URL must name a PostgreSQL database"),
        ("postgresql://u:se[cret@h/x", "DATABASE_URL cannot be read"),
        ("postgresql://u:p@h:port/x", "DATABASE_URL cannot be read"),
        ("postgresql://host", "DATABASE_URL names no database"),
        (
            "postgresql://u:secret@127.0.0.1:1/x",
            "The database x at 127.0.0.1:1 cannot be used: Connection refused.",
        ),
        (
            "postgresql://u:secret@no-such-host.invalid/x",
            "failed to resolve host 'no-such-host.invalid'",
        ),
        (
            "postgresql:///x?host=/no-such-folder",
            "cannot be used: No such file or directory.",
        ),
    ],
)
def test_a_wrong_database_url_is_one_line_without_the_password(layout, url, sentence):
    result = modelhub(layout, "users", "list", DATABASE_URL=url)

    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert sentence in result.stderr
    assert "secret" not in result.stderr


def test_a_bad_value_in_the_environment_is_named(layout):
    result = modelhub(layout, "check", DATABASE_CONN_MAX_AGE="long")

    assert result.returncode == 1
    assert result.stderr == (
        "modelhub: DATABASE_CONN_MAX_AGE='long' is not a whole number.\n"
    )


def test_nobody_to_sign_in_is_one_line(migrated):
    result = modelhub(migrated, "login-link", "--email", "who@example.com")

    assert result.returncode == 1
    assert result.stderr == (
        "modelhub: Nobody here has the email address who@example.com.\n"
    )


def test_a_wrong_email_address_is_one_line(migrated):
    result = modelhub(migrated, "users", "add", "nonsense", "--organization", "x")

    assert result.returncode == 1
    assert result.stderr == "modelhub: Enter a valid email address.\n"


def test_a_folder_of_somebody_else_is_one_line(layout, as_nobody):
    layout.var.mkdir(mode=0o555)
    environment = environment_for(
        layout, {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    )
    result = subprocess.run(
        [*as_nobody, python_for(as_nobody), "manage.py", "check"],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.startswith("modelhub: No permission for ")
    assert result.stderr.count("\n") == 1
