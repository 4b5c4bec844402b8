"""Files that cannot be read are refused with one clear sentence."""

import pytest

from registry.transfer.table import MAX_BYTES
from registry.transfer.yaml_file import read_yaml
from tests.registry.importing import file_error, preview

BILLION_LAUGHS = """
- &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]
- &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
- &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
- &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
- slug: *d
"""


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("yaml", BILLION_LAUGHS, "Line 2: YAML with anchors (&) or aliases (*)"),
        ("yaml", "- !!python/object/apply:os.system [ls]", "Line 1: YAML with tags"),
        ("yaml", "slug: openai", "A list of mappings was expected"),
        ("yaml", "- slug: a\n  slug: b", "Line 2: the column slug is there twice."),
        ("yaml", "- slug: [", "the YAML cannot be read"),
        ("yaml", "[" * 5000, "nests deeper than 12 levels"),
        ("yaml", "- slug: .nan", "Line 1: .nan is not a number."),
        ("json", "[" * 100_000, "nests deeper than 12 levels"),
        ("json", '[{"slug": NaN}]', "NaN is not a number"),
        ("json", '[{"slug": 1, "slug": 2}]', "has the column slug twice"),
        ("json", '[{"slug": "a"},\n{"slug"', "Line 2: the JSON cannot be read"),
        ("json", '{"slug": "a"}', "A list of objects was expected"),
        ("json", '[{"slug": ' + "9" * 5000 + "}]", "more than 40 digits"),
        ("json", "[1]", "Line 1: a mapping of columns was expected."),
        ("json", "[]", "The file holds no rows."),
        ("csv", "slug,name\na\n", "Line 2: 2 cells were expected, 1 found."),
        ("csv", 'slug,name\na,"b', "the CSV cannot be read"),
        ("csv", "slug,slug\na,b\n", "The column slug is there twice."),
        ("csv", "slug\n" + "x" * 200_000, "field larger than field limit"),
        ("csv", "slug,name\n", "The file holds no rows."),
        ("csv", "slug\n" + "a\n" * 5001, "more than 5,000 rows"),
        ("csv", "slug,name\na,M\xfcller".encode("latin-1"), "Line 2: the file is not"),
        ("csv", "slug,name\na,b".encode("utf-16"), "The file is UTF-16 text."),
        ("csv", b"slug,name\na,\x00", "it holds NUL bytes"),
    ],
)
def test_an_unreadable_file_is_refused(operator, kind, content, sentence):
    response = preview(operator, "provider", content, kind)

    assert response.status_code == 200
    assert sentence in file_error(response)


def test_a_file_that_is_too_large_is_refused(operator):
    response = preview(operator, "provider", b"x" * (MAX_BYTES + 1))

    assert "larger than 5 MB" in file_error(response)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfslug,name\r\nacme,Acme\r\n",
        b"slug;name\r\nacme;Acme\r\n",
        b"\nslug\tname\nacme\tAcme\n\n",
        b'"slug","name"\n"acme","Acme"',
    ],
)
def test_a_csv_as_spreadsheets_write_it_is_read(operator, content):
    response = preview(operator, "provider", content)

    assert response.context["totals"]["new"] == 1


def test_plain_words_of_yaml_stay_texts():
    table = read_yaml(b"- {a: no, b: 2025-04-30, c: 1.50, d: true, e: ~, f: 010}")

    [row] = table.rows
    assert [str(value) for value in row.values()] == [
        "no",
        "2025-04-30",
        "1.50",
        "True",
        "None",
        "010",
    ]


def test_characters_that_no_database_stores_are_refused(operator):
    response = preview(
        operator, "provider", '[{"slug": "a", "name": "\\ud800"}]', "json"
    )

    assert "cannot be stored" in response.context["problems"][0][2]
