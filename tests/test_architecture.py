"""The repository keeps the rules that it gave itself; and each rule can be broken."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import architecture_rules as rules

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("registry", "analytics", "recommender", "modelhub")


def sources(*folders: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def pyproject() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_imports_point_one_way():
    complaints = [
        one
        for path, text in sources(*ROOMS)
        for one in rules.import_complaints(path, text)
    ]

    assert complaints == []


def test_no_module_is_called_utils():
    complaints = [
        one
        for path, _ in sources(*ROOMS, "tests")
        for one in rules.name_complaints(path)
    ]

    assert complaints == []


def test_files_and_functions_stay_small():
    complaints = [
        one
        for path, text in sources(*ROOMS)
        for one in rules.size_complaints(path, text)
    ]

    assert complaints == []


def test_there_are_no_signals():
    complaints = [
        one
        for path, text in sources(*ROOMS)
        for one in rules.signal_complaints(path, text)
    ]

    assert complaints == []


def test_importing_does_no_work():
    complaints = [
        one
        for path, text in sources(*ROOMS)
        for one in rules.import_time_complaints(path, text)
    ]

    assert complaints == []


def test_templates_hold_no_inline_style_or_script():
    complaints = [
        one
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for one in rules.template_complaints(path.name, path.read_text())
    ]

    assert complaints == []


def test_each_dependency_has_its_reason():
    project = pyproject()
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]

    assert rules.undocumented(wanted, (ROOT / "docs/dependencies.md").read_text()) == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_hashes_and_no_address(lock):
    text = (ROOT / ".ci" / lock).read_text()

    assert "://" not in text
    assert text.count("==") <= text.count("--hash=sha256:")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("registry/x.py", "from analytics.queries import usage"),
        ("registry/x.py", "def f():\n    import recommender"),
        ("analytics/x.py", "from recommender import charts"),
        ("recommender/x.py", "from registry.views import models"),
        ("recommender/x.py", "from registry import forms"),
        ("registry/x.py", "from modelhub import settings"),
        ("recommender/x.py", "from modelhub.gateway import generate"),
        ("modelhub/urls.py", "from modelhub import gateway"),
    ],
)
def test_a_wrong_import_is_found(path, source):
    assert len(rules.import_complaints(path, source)) >= 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("recommender/x.py", "from registry.queries import prices"),
        ("analytics/x.py", "from registry.models import AIModel"),
        ("registry/x.py", "from modelhub.htmx import render_page"),
        ("modelhub/urls.py", "from registry.views import account"),
        ("modelhub/gateway/x.py", "from modelhub.gateway.plan import Plan"),
    ],
)
def test_a_right_import_passes(path, source):
    assert rules.import_complaints(path, source) == []


def test_a_vague_name_is_found():
    assert rules.name_complaints("registry/utils.py")
    assert rules.name_complaints("registry/pricing.py") == []


def test_a_long_file_and_a_long_function_are_found():
    body = "    x = 1\n" * (rules.FUNCTION_LINES + 1)
    allowed = 'def f():\n    """\n' + "    words\n" * 60 + '    """\n    return 1\n'

    assert rules.size_complaints("a.py", "x = 1\n" * 401)
    assert rules.size_complaints("a.py", f"def f():\n{body}")
    assert rules.size_complaints("a.py", allowed) == []


def test_a_signal_is_found():
    assert rules.signal_complaints("a.py", "from django.db.models.signals import x")
    assert rules.signal_complaints("a.py", "from django.dispatch import receiver")
    assert rules.signal_complaints("a.py", "import signal") == []


def test_work_at_import_is_found():
    assert rules.import_time_complaints("a.py", "connect()")
    assert rules.import_time_complaints("a.py", "for x in y:\n    connect(x)")
    assert rules.import_time_complaints("a.py", "with open(x) as y:\n    pass")
    assert rules.import_time_complaints("a.py", "register_converter(A, 'a')") == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<p onclick='go()'>",
        "<style>p {}</style>",
        "<script>go()</script>",
        '<a href="javascript:go()">',
    ],
)
def test_inline_code_in_a_template_is_found(text):
    assert rules.template_complaints("a.html", text)


@pytest.mark.parametrize(
    "text",
    [
        '<script src="a.js" defer></script>',
        '<script type="application/json" id="a">{}</script>',
        '<p class="style" data-on="x">',
    ],
)
def test_outside_code_in_a_template_passes(text):
    assert rules.template_complaints("a.html", text) == []


def test_a_dependency_without_a_reason_is_found():
    page = "- `django`: the framework\n- `gone`: not used any more\n"

    assert rules.undocumented(["django>=5", "celery[redis]"], page) == [
        "celery",
        "gone",
    ]
