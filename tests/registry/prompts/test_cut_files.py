"""A file of prompts that lost its end is told from one that is whole."""

import pytest

from registry.lined.document import Unreadable
from registry.prompts.files import (
    PromptFile,
    VersionFile,
    read_prompts,
    write_prompts,
)

PROMPTS = (
    PromptFile("A", (VersionFile(1, "One.\nTwo."), VersionFile(2, "Three."))),
    PromptFile("B", (VersionFile(1, "One.\nTwo.\nThree."),)),
)


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_a_whole_file_is_read(kind):
    assert read_prompts(write_prompts(PROMPTS, kind).encode()) == PROMPTS


def test_a_file_cut_at_any_line_is_refused():
    lines = write_prompts(PROMPTS, "yaml").splitlines(keepends=True)

    for length in range(1, len(lines)):
        with pytest.raises(Unreadable):
            read_prompts("".join(lines[:length]).encode())


def test_a_file_by_hand_needs_no_count():
    text = b"prompts:\n- name: A\n  versions:\n  - text: One.\n"

    assert read_prompts(text)[0].name == "A"


def test_a_prompt_that_was_taken_out_is_missed():
    text = write_prompts(PROMPTS, "yaml").replace("prompt_count: 2", "prompt_count: 3")

    with pytest.raises(Unreadable, match="Line 1: Says 3 prompts and holds 2"):
        read_prompts(text.encode())
