"""Files of cases: what is written is read back equal, and every fault has its line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.benchmarking.case_content import CaseContent, asked, tidy
from analytics.benchmarking.images import read_picture
from analytics.benchmarking.suite_files import FORMATS, NotRead, Reading, read_suite
from analytics.benchmarking.suite_writing import case_document, suite_text
from tests.analytics.benchmarks.suites import png

TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40
)
SAID = TEXT.filter(str.strip)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)
TAG = st.text("abc d-é", min_size=1, max_size=8).filter(str.strip)
CASE = st.builds(
    CaseContent,
    messages=st.one_of(
        st.tuples(st.fixed_dictionaries({"role": st.just("user"), "content": SAID})),
        st.tuples(
            st.fixed_dictionaries({"role": st.just("assistant"), "content": SAID}),
            st.fixed_dictionaries({"role": st.just("user"), "content": SAID}),
        ),
    ),
    system=TEXT,
    expected=JSON,
    rubric=TEXT,
    tags=st.lists(TAG, max_size=3).map(tuple),
    weight=st.sampled_from([1.0, 2.0, 0.25]),
    response_schema=st.none() | st.just({"type": "object"}),
    scorers=st.sampled_from([(), ({"kind": "exact", "weight": 2},)]),
).map(tidy)


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=60)
@given(contents=st.lists(CASE, min_size=1, max_size=4))
def test_every_text_comes_back_as_it_was(kind, contents):
    cases = [case_document(f"c{n}", one, {}) for n, one in enumerate(contents)]
    head = {"suite": "s", "name": "A suite", "pass_score": 0.5}
    text = suite_text(head, cases, kind)

    read = read_suite(text.encode(), name=f"suite.{kind}")

    assert read.faults == []
    assert [one.content for one in read.cases] == contents
    assert read.head == ({} if kind == "csv" else head)
    again = [case_document(one.key, one.content, {}) for one in read.cases]
    assert suite_text(head, again, kind) == text


@pytest.mark.parametrize("kind", FORMATS)
def test_images_come_back_with_their_case(kind):
    picture = read_picture(png())
    content = asked("What is shown?", images=(picture.digest,))
    said = case_document("a", content, {picture.digest: picture.address})

    [read] = read_suite(suite_text({}, [said], kind).encode(), name=f"s.{kind}").cases

    assert read.content == content
    assert read.pictures == (picture,)


def test_every_wrong_line_of_json_lines_is_told_at_once():
    lines = [
        '{"suite": "refunds", "name": "Refunds", "colour": "red"}',
        '{"prompt": "Good", "key": "a"}',
        "",
        '{"prompt": "Cut',
        '{"prompt": ""}',
        '{"prompt": "Typo", "expcted": "4"}',
        '{"prompt": "Twice", "key": "a"}',
        '{"prompt": "Heavy", "weight": "much", "tags": [1]}',
        '{"prompt": "NaN", "expected": NaN}',
        '{"prompt": "Picture", "images": ["data:image/png;base64,aGVsbG8="]}',
        "[1]",
    ]

    read = read_suite("\n".join(lines).encode(), name="cases.jsonl")

    assert [one.key for one in read.cases] == ["a"]
    told = [(one.line, one.field) for one in read.faults]
    assert told == [
        (1, "colour"),
        (4, ""),
        (5, "messages"),
        (6, "expcted"),
        (7, "key"),
        (8, "tags"),
        (8, "weight"),
        (9, ""),
        (10, "images"),
        (11, ""),
    ]
    assert "Did you mean expected?" in read.faults[3].text
    assert "on line 2 already" in read.faults[4].text
    assert "its bytes are text" in read.faults[8].text


def test_wrong_rows_of_csv_are_told_by_the_line_they_begin_on():
    text = 'prompt,weight,schema\n"two\nlines",1,\nok,heavy,\nok,1,{\nshort\nlast,2,\n'

    read = read_suite(text.encode(), name="cases.csv")

    assert [one.line for one in read.cases] == [2, 7]
    told = [(one.line, one.field) for one in read.faults]
    assert told == [(4, "weight"), (5, "schema"), (6, "")]


def test_wrong_cases_of_yaml_are_told_by_line():
    text = "suite: s\ncases:\n- prompt: Good\n- prompt: 5\n- wrong: x\n"

    read = read_suite(text.encode(), name="cases.yaml")

    assert [one.content.prompt for one in read.cases] == ["Good"]
    assert [(one.line, one.field) for one in read.faults] == [
        (4, "prompt"),
        (5, "wrong"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "reading", "said"),
    [
        (b"", "a.csv", Reading(), "empty"),
        ("prompt\nCafé".encode("cp1252"), "a.csv", Reading(), "Line 2.*Windows-1252"),
        (b"prompt;expected\na;b", "a.csv", Reading(delimiter=","), "by semicolons"),
        (b"question,answer\na,b", "a.csv", Reading(), "names its columns"),
        (b"prompt,answer\na,b", "a.csv", Reading(), "not known: “answer”"),
        (b"expected\na", "a.csv", Reading(), "no column “prompt”"),
        (b'[{"prompt": "a"}]', "a.jsonl", Reading(), "one JSON list"),
        (b"suite: s", "a.yaml", Reading(), "under “cases:”"),
        (b"cases: [", "a.yaml", Reading(), "Line 2.*YAML"),
        (b"a\x00b", "a.jsonl", Reading(), "NUL"),
        (b"x" * (33 * 1024**2), "a.jsonl", Reading(), "larger than 32 MB"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_file_that_cannot_be_read_says_why_and_what_may_help(
    content, name, reading, said
):
    with pytest.raises(NotRead, match=said):
        read_suite(content, name=name, reading=reading)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_found_out(delimiter, encoding):
    text = f"prompt{delimiter}expected\r\nCafé?{delimiter}yes\r\n"

    [case] = read_suite(text.encode(encoding), name="cases.csv").cases

    assert (case.content.prompt, case.content.expected) == ("Café?", "yes")


def test_a_chosen_encoding_is_used():
    reading = Reading(encoding="cp1252")

    [case] = read_suite(
        "prompt\nCafé".encode("cp1252"), name="a.csv", reading=reading
    ).cases

    assert case.content.prompt == "Café"


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("a.json", "{}", "jsonl"),
        ("a.tsv", "prompt\n", "csv"),
        ("", '{"prompt": "x"}', "jsonl"),
        ("", "cases:\n- prompt: x", "yaml"),
        ("", "prompt,expected\nx,y", "csv"),
    ],
)
def test_the_format_is_known_by_name_or_beginning(name, text, format):
    assert read_suite(text.encode(), name=name).format == format


def test_what_a_spreadsheet_would_run_is_written_as_text():
    said = case_document("a", asked("=1+1", expected="-5"), {})

    text = suite_text({}, [said], "csv")

    assert "'=1+1" in text
    [case] = read_suite(text.encode(), name="a.csv").cases
    assert (case.content.prompt, case.content.expected) == ("=1+1", "-5")


def test_json_lines_are_plain_json():
    said = case_document("a", asked("Grüße\n2", expected=4), {})

    [line] = suite_text({}, [said], "jsonl").splitlines()[1:]
    assert json.loads(line) == {"key": "a", "prompt": "Grüße\n2", "expected": 4}
