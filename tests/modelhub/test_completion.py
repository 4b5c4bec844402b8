"""Completion in a shell: what the script offers is what the commands take."""

import shutil
import subprocess
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def script(shell: str) -> str:
    out = StringIO()
    call_command("completion", shell, stdout=out)
    return out.getvalue()


def offered(words: list[str]) -> set[str]:
    """What bash would offer after `words`."""
    typed = " ".join(words)
    ask = f"""
        {script("bash")}
        COMP_WORDS=({typed} "")
        COMP_CWORD={len(words)}
        $(complete -p modelhub | sed -E 's/.*-F ([^ ]+) .*/\\1/') modelhub "" ""
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    shell = ["bash", "--norc", "-c", ask]
    done = subprocess.run(shell, capture_output=True, text=True, check=True)
    return {line.strip() for line in done.stdout.splitlines()}


@pytest.fixture(autouse=True)
def bash():
    if shutil.which("bash") is None:
        pytest.skip("There is no bash here.")


def test_commands_are_offered():
    assert {"packs", "features", "models", "serve", "users"} <= offered(["modelhub"])


def test_actions_of_a_command_are_offered():
    actions = {"list", "switch", "rollback", "diff"}
    assert actions <= offered(["modelhub", "packs"])


def test_every_shell_gets_a_script():
    for shell in ("bash", "zsh", "fish", "tcsh"):
        assert "modelhub" in script(shell)


def test_a_shell_that_nobody_knows_is_refused():
    with pytest.raises(CommandError, match="invalid choice"):
        script("cmd")
