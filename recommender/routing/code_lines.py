"""Which lines of a prompt look like a program, in a fence or not. Pure; by the ends of
a line rather than by patterns, as this is done for every request."""

from __future__ import annotations

from typing import Final


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST_LINE: Final = 400
FENCE: Final = "```"
OPENERS: Final = word_set(
    "def class import from return func fn let const var public private protected "
    "static struct interface package using impl elif async await export select update "
    "insert create begin end if for while switch catch try else with function type "
    "enum val throw raise print #include use module delete where"
)
"""Words that lines of programs begin with; sentences begin with some of them too."""
ENDINGS: Final = ("{", "}", ";", "};", ");", "},", "[", "(", "):", "=>", "])")
SIGNS: Final = (" = ", " == ", " != ", " += ", " -= ", " := ", " => ", " -> ", "();")
"""Signs of an assignment, a comparison, a function type."""
BEGINNINGS: Final = ("@", "</", "$ ", "#!", "//", "/*", "<?", "});", "}")
INSIDE: Final = ("(", "{", "=", ";", '"', "'", "[", "<")


def count_code(text: str) -> int:
    """Lines of code: all between two fences, outside of them what looks like it."""
    parts = text.split(FENCE)
    # Every second part stands between two fences; its first line names the language.
    fenced = sum(
        1 for part in parts[1::2] for line in part.splitlines()[1:] if line.strip()
    )
    return fenced + sum(
        1 for part in parts[::2] for line in part.splitlines() if is_code(line)
    )


def is_code(line: str) -> bool:
    text = line.strip()
    if not text or len(text) > LONGEST_LINE:
        return False
    if text.endswith(ENDINGS) or text.startswith(BEGINNINGS):
        return True
    if text[-1] in ".?!":
        return False
    if any(sign in text for sign in SIGNS):
        return True
    first, _, rest = text.partition(" ")
    return first.rstrip(":(").lower() in OPENERS and _reads_on_as_code(text, rest)


def _reads_on_as_code(text: str, rest: str) -> bool:
    """`import os`, `else:`, `return x`, and longer lines with signs in them; no
    sentence that begins with such a word."""
    words = rest.split()
    if text.endswith(":"):
        return len(words) <= 6 or any(sign in text for sign in INSIDE)
    return len(words) <= 1 or any(sign in rest for sign in INSIDE)
