"""The console command in a process that has imported everything already and forks for
each call: a start takes longer than most commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Printed:
    returncode: int
    stdout: str
    stderr: str


class ConsoleFork:
    """`modelhub …` with an environment, as often as is asked."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.console_fork"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, variables: dict[str, str] | None = None) -> Printed:
        """Run the command; `variables` are added to its environment."""
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            asked = {
                "words": words,
                "variables": variables or {},
                "out": str(out),
                "err": str(err),
            }
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            told = self.process.stdout.readline()
            assert told, "The console ended."
            return Printed(int(told), out.read_text(), err.read_text())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def answer(asked: dict[str, Any]) -> int:
    """Fork, run the command there, and wait for its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        for number, name in ((1, "out"), (2, "err")):
            file = os.open(asked[name], os.O_WRONLY | os.O_CREAT)
            os.dup2(file, number)
        os.environ.update(asked["variables"])
        code = run_words(list(asked["words"]))
    except BaseException:  # whatever it is, this process ends here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run_words(words: list[str]) -> int:
    from modelhub.console import run

    try:
        return run(["modelhub", *words])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1


def main() -> None:
    import django

    django.setup()
    from django.urls import reverse

    reverse("sign_in")  # imports every page
    for line in sys.stdin:
        sys.stdout.write(f"{answer(json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
