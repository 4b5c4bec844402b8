"""The examples of docs/deploy are what the page says, and what programs take."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/deploy"
FILES = sorted(path.name for path in FOLDER.iterdir())
UNITS = [name for name in FILES if name.endswith(".service")]
PAGES = [(ROOT / f"docs/{name}.md").read_text() for name in ("deploy", "operations")]
QUOTED = re.compile(r"\]\(deploy/([^)]+)\):\n\n```\w*\n(.*?)```\n", re.S)
OF_OTHERS = {"FORWARDED_ALLOW_IPS"}
"""Variables that uvicorn reads."""


def test_what_a_page_quotes_is_the_file():
    quoted = [found for page in PAGES for found in QUOTED.findall(page)]

    assert {name for name, _ in quoted} >= {"modelhub.service", "nginx.conf"}
    for name, text in quoted:
        assert text == (FOLDER / name).read_text(), name


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_spoken_of(name):
    assert any(f"(deploy/{name})" in page for page in PAGES)


@pytest.mark.service("systemd-analyze")
def test_systemd_takes_the_units(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    written = []
    for name in UNITS:
        # Programs are looked for: those of this checkout are there.
        text = (FOLDER / name).read_text().replace("/srv/modelhub", str(ROOT))
        written.append(tmp_path / name.replace("@.", "@8000."))
        written[-1].write_text(text)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *written],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_may_write_where_it_has_to(name):
    unit = (FOLDER / name).read_text()

    assert "ProtectSystem=strict" in unit
    assert "ReadWritePaths=/srv/modelhub/var" in unit
    # Files that are uploaded wait in /tmp.
    assert "PrivateTmp=yes" in unit


def test_units_wait_longer_than_requests_may_take():
    for name in ("modelhub.service", "modelhub-web@.service"):
        unit = (FOLDER / name).read_text()
        assert "KillMode=mixed" in unit
        assert int(re.search(r"TimeoutStopSec=(\d+)", unit)[1]) > 25 + 10


def test_variables_of_the_environment_are_documented():
    page = (ROOT / "docs/configuration.md").read_text()
    names = re.findall(r"(?m)^([A-Z_]+)=", (FOLDER / "environment").read_text())

    assert len(names) > 5
    assert [
        one for one in names if f"`{one}`" not in page and one not in OF_OTHERS
    ] == []


def test_the_container_holds_every_folder_that_runs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]
    recipe = (FOLDER / "Containerfile").read_text()
    copied = re.findall(r"(?m)^COPY (.+) \S+$", recipe)
    names = {name for one in copied for name in one.split()}

    assert names >= {*packages, "templates", "static", "manage.py", ".ci"}
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_alarms_are_about_metrics_that_exist():
    document = yaml.safe_load((FOLDER / "prometheus-rules.yml").read_text())
    rules = [rule for group in document["groups"] for rule in group["rules"]]
    named = {
        name for rule in rules for name in re.findall(r"\bmodelhub_\w+", rule["expr"])
    }

    assert named - exposed() == set()
    assert len({rule["alert"] for rule in rules}) == len(rules)
    assert all(rule["annotations"]["summary"] for rule in rules)
    assert [rule["alert"] for rule in rules if rule["alert"] not in PAGES[1]] == []


def test_every_metric_is_documented():
    page = PAGES[1]

    missing = {
        name
        for name in exposed()
        if not name.endswith(("_bucket", "_count", "_sum")) and f"`{name}`" not in page
    }

    assert missing == set()


def exposed() -> set[str]:
    """Names of series that the code makes."""
    found = set()
    declared = re.compile(
        r"\b(counter|histogram|_?gauge|GaugeMetricFamily)\(\s*\"(modelhub_\w+)\""
    )
    for room in ("registry", "analytics", "recommender", "modelhub"):
        for path in (ROOT / room).rglob("*.py"):
            for kind, name in declared.findall(path.read_text()):
                ends = {
                    "counter": ("_total",),
                    "histogram": ("_bucket", "_count", "_sum"),
                }.get(kind, ("",))
                found |= {name + end for end in ends}
                if kind == "histogram":
                    found.add(name)
    return found


def test_prometheus_reads_the_rules_beside_its_configuration():
    document = yaml.safe_load((FOLDER / "prometheus.yml").read_text())

    assert document["rule_files"] == ["prometheus-rules.yml"]
    (job,) = document["scrape_configs"]
    assert job["job_name"] == "modelhub"
