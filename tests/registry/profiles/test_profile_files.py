"""A profile goes into a file and comes back without loss; a wrong file says where."""

import pytest

from registry.lined.document import Unreadable
from registry.profiles.files import ProfileFile, read_profile, slug_from, write_profile

FULL = ProfileFile(
    "Mira's laptop",
    "laptop",
    "Fast: and local\nfirst",
    {
        "extends": "base",
        "roles": {
            "code.review": {
                "models": ["ollama/qwen3:14b"],
                "cloud_fallbacks": [],
                "allow_cloud": False,
                "task": "coding",
                "requirements": {"reasoning_strength": 0.7, "max_memory_gb": 8},
                "parameters": {"temperature": 0.25, "stop": ["END"]},
            },
            "*": {},
        },
        "tasks": {"writing": {"models": ["a/b"]}},
    },
)


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_what_is_written_is_read_back(kind):
    assert read_profile(write_profile(FULL, kind).encode()) == FULL


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty"),
        ("[]", "A profile with a name was expected"),
        ("roles: {}\n", "name: A profile has a name"),
        ("name: a\nslug: A B\n", "Line 2: slug: Small letters"),
        ("name: a\nrolls: {}\n", "Line 2: rolls: Not known here"),
        ("name: a\nroles:\n  x:\n    models: [mini]\n", "Line 4: roles · x"),
        ("name: a\nname: b\n", "is there twice"),
        ("name: &a b\nslug: *a\n", "Anchors"),
        ('{"name": "a", "roles": {"x": {"models": ["a', "was cut"),
        ("name: " + "x" * 121, "At most 120 characters"),
    ],
)
def test_a_wrong_file_says_what_and_where(text, words):
    with pytest.raises(Unreadable, match=words):
        read_profile(text.encode())


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Mira's laptop", "miras-laptop"),
        ("Überall 2", "uberall-2"),
        ("---", "profile"),
        ("语言", "profile"),
    ],
)
def test_a_short_name_is_made_of_any_name(name, slug):
    assert slug_from(name) == slug


@pytest.mark.parametrize("word", ["new", "import", "default-model", "none"])
def test_a_word_with_a_meaning_of_its_own_is_no_short_name(word):
    assert slug_from(word.capitalize()) == f"{word}-profile"
    with pytest.raises(Unreadable, match="has a meaning already"):
        read_profile(f"name: Mine\nslug: {word}\n".encode())
