"""Builds `.venv` from the hashed lock: `python3 .ci/bootstrap.py [--dev]`.

Needs nothing but Python 3.11 or newer, and runs under an older one just far enough to
find it. A second run with the same lock does nothing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "var" / "setup.log"
OLDEST = (3, 11)
CANDIDATES = ("python3.13", "python3.12", "python3.11", "python3.14", "python3")
# First read by a shell, which takes any path to the Python, then by that Python.
CONSOLE = """#!/bin/sh
"exec" "{python}" "$0" "$@"
import sys

from modelhub.console import main

sys.exit(main())
"""


def main():
    run_under_a_new_enough_python()
    if VENV.is_symlink():
        return  # Somebody else's, shared on purpose: used as it is.
    kind = "dev" if "--dev" in sys.argv[1:] else "run"
    suffix = "-dev" if kind == "dev" else ""
    lock = ROOT / ".ci" / f"requirements{suffix}.lock"
    if is_ready(kind, lock):
        return
    LOG.parent.mkdir(parents=True, exist_ok=True)
    if not is_usable():
        make_environment()
    install(lock)
    add_console_command()
    (VENV / f"stamp-{kind}").write_text(fingerprint(lock))


def run_under_a_new_enough_python():
    if sys.version_info >= OLDEST:
        return
    for name in CANDIDATES:
        path = shutil.which(name)
        if path and answers_new_enough(path):
            os.execv(path, [path, *sys.argv])  # noqa: S606
    stop(f"ModelHub needs Python 3.11 or newer; this is {sys.version.split()[0]}.")


def answers_new_enough(path):
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.call([path, "-c", check], stderr=subprocess.DEVNULL) == 0


def fingerprint(lock):
    """Changes with the lock, the Python and the place of the checkout."""
    text = lock.read_bytes() + sys.version.encode() + str(ROOT).encode()
    return hashlib.sha256(text).hexdigest()


def is_ready(kind, lock):
    # The lock for development holds everything of the one for running.
    wanted = {"dev": ["dev"], "run": ["run", "dev"]}[kind]
    locks = {"run": lock, "dev": ROOT / ".ci" / "requirements-dev.lock"}
    for one in wanted:
        stamp = VENV / f"stamp-{one}"
        if stamp.exists() and stamp.read_text() == fingerprint(locks[one]):
            return True
    return False


def is_usable():
    """Whether .venv was made for this place and its Python still runs: programs in it
    name the place, and an upgrade of the system can take the Python away."""
    if not PYTHON.exists() or subprocess.call([str(PYTHON), "-c", ""]) != 0:
        return False
    console = VENV / "bin" / "modelhub"
    return not console.exists() or f'"{PYTHON}"' in console.read_text()


def make_environment():
    say("Making .venv …")
    try:
        venv.create(str(VENV), with_pip=True, clear=VENV.exists())
    except (subprocess.CalledProcessError, OSError, ImportError) as error:
        shutil.rmtree(str(VENV), ignore_errors=True)
        stop(
            f"Python cannot make a virtual environment ({error}). "
            "On Debian and Ubuntu: apt-get install python3-venv"
        )


def install(lock):
    say(f"Installing {lock.name} …")
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes"]
    # Wheels only: nothing here may need a compiler.
    command += [
        "--only-binary",
        ":all:",
        "--disable-pip-version-check",
        "--no-input",
        "-r",
        str(lock),
    ]
    with LOG.open("w") as log:
        code = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT)
    if code == 0:
        return
    if "no matching distribution" in LOG.read_text(errors="replace").lower():
        stop("A dependency has no ready-made package for this machine and Python.")
    stop("Installing the dependencies failed.")


def add_console_command():
    """`.venv/bin/modelhub`, importing from this checkout."""
    ask = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = subprocess.check_output([str(PYTHON), "-c", ask], text=True).strip()
    (Path(packages) / "modelhub.pth").write_text(f"{ROOT}\n")
    script = VENV / "bin" / "modelhub"
    script.write_text(CONSOLE.format(python=PYTHON))
    script.chmod(0o755)


def say(text):
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def stop(text):
    hint = f" See {LOG.relative_to(ROOT)}." if LOG.exists() else ""
    sys.exit("modelhub setup: " + text + hint)


if __name__ == "__main__":
    main()
