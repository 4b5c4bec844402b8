"""Programs are run only where that is allowed, and can do no harm."""

import os
from pathlib import Path

import pytest

from analytics.benchmarking.scorers.code import program_in
from analytics.benchmarking.scorers.code_running import run_program
from analytics.benchmarking.scoring import Score
from tests.analytics.scorers.scored import scored

GOOD = "def add(a, b):\n    return a + b"
TESTS = "assert add(1, 2) == 3"


@pytest.fixture
def allowed(monkeypatch):
    monkeypatch.setenv("MODELHUB_BENCHMARK_CODE", "1")
    if run_program("", "", timeout_s=10, memory_mb=256).is_passed is None:
        pytest.skip("this machine cannot guard a program")


def ran(program: str, tests: str = TESTS) -> Score:
    return scored("code", program, tests=tests, timeout_s=2, memory_mb=128)


def test_nothing_is_run_unless_it_is_allowed(monkeypatch, tmp_path):
    monkeypatch.delenv("MODELHUB_BENCHMARK_CODE", raising=False)

    score = ran(GOOD)

    assert score.value is None
    assert "MODELHUB_BENCHMARK_CODE=1" in score.note


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    "answer", [GOOD, f"Sure!\n```python\n{GOOD}\n```\nIt adds.", f"```\n{GOOD}\n```"]
)
def test_a_program_that_passes(answer):
    assert ran(answer).value == 1.0


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    ("program", "note"),
    [
        ("def add(a, b): return 4", "AssertionError"),
        ("def add(a, b) return", "SyntaxError"),
        ("while True: pass", "did not end within 2 s"),
        ("import time; time.sleep(60)", "did not end within 2 s"),
        ("x = 'a' * 10**9", "MemoryError"),
        ("x = []\nwhile True: x.append('a' * 10**7)", "MemoryError"),
        ("import os\nwhile True: os.fork()", "PermissionError"),
        ("import subprocess; subprocess.run(['true'])", "PermissionError"),
        ("import threading; threading.Thread(target=print).start()", "RuntimeError"),
        ("import socket; socket.socket()", "PermissionError"),
        ("import os; os.kill(os.getppid(), 9)", "PermissionError"),
        ("open('/etc/passwd')", "PermissionError"),
        ("open('/proc/self/environ')", "PermissionError"),
        ("import os; os.listdir('/')", "PermissionError"),
        ("import os; os._exit(0)", "ended before the tests"),
        ("raise SystemExit(0)", "ended before the tests"),
        ("open('big', 'w').write('a' * 5_000_000)", "File too large"),
        ("while True: print('a' * 10_000)", "It wrote more than 1 MB."),
        ("import django", "ModuleNotFoundError"),
        ("\ud800", ""),
    ],
)
def test_a_program_that_fails_or_attacks(program, note):
    score = ran(program)

    assert score.value == 0.0
    assert note in score.note
    assert len(score.note) <= 600


@pytest.mark.usefixtures("allowed")
def test_it_has_no_environment_and_a_folder_that_goes_away(tmp_path):
    program = "import os\nassert not {k for k in os.environ if k != 'LC_CTYPE'}\n"
    score = ran(program + "open('mine', 'w').write(os.getcwd())\n" + GOOD)

    assert score.value == 1.0
    assert not Path(os.getcwd(), "mine").exists()


@pytest.mark.usefixtures("allowed")
def test_no_file_elsewhere_is_written(tmp_path):
    target = tmp_path / "kept"
    target.write_text("kept")

    for program in (
        f"open({str(target)!r}, 'w')",
        f"import os; os.unlink({str(target)!r})",
    ):
        assert ran(program).value == 0.0

    assert target.read_text() == "kept"


def test_code_of_other_languages_is_left_out():
    assert program_in("```bash\nls\n```\n```py\nx = 1\n```") == "x = 1\n"
