"""`modelhub usage import`: files come in once, however often and whoever reads them."""

import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import ProviderInvoiceLine, UsageRecord
from analytics.services import intake_runs
from tests.analytics.intake.test_api_usage import entry, lines


def run(path, *arguments):
    out, err = StringIO(), StringIO()
    call_command("usage", "import", str(path), *arguments, stdout=out, stderr=err)
    return out.getvalue()


@pytest.fixture
def file(tmp_path, organization, gpt):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(lines(entry("a"), entry("b", input_tokens=-1), entry("c")))
    return path


def test_good_lines_are_kept_and_bad_ones_stand_beside_the_file(file):
    said = run(file)

    assert "Took in 2 calls of 3" in said
    rejects = file.with_name("calls.jsonl.rejects.jsonl")
    [reject] = map(json.loads, rejects.read_text().splitlines())
    assert (reject["line"], reject["field"]) == (2, "input_tokens")
    assert reject["entry"]["id"] == "b"
    assert "2 were known" in run(file)
    assert UsageRecord.objects.count() == 2
    assert len(rejects.read_text().splitlines()) == 1


def test_a_dry_run_shows_and_writes_nothing(file):
    with file.open("ab") as more:
        more.write(lines(entry("d", model="acme/wonder")))

    said = run(file, "--dry-run")

    assert "3 fit, 1 are refused" in said
    assert "Unknown model acme/wonder: 1 calls" in said
    assert "Line 2, input_tokens" in said
    assert not UsageRecord.objects.exists()
    assert list(file.parent.iterdir()) == [file]


def test_an_interrupted_import_goes_on_where_it_was(file, monkeypatch):
    file.write_bytes(
        lines(*(entry(f"call-{n}", attempt=-1 if n == 1 else 1) for n in range(10)))
    )
    monkeypatch.setattr(intake_runs, "BATCH", 3)
    take, taken = intake_runs.take_in, []

    def killed(organization, calls, **more):
        if len(taken) == 2:
            raise KeyboardInterrupt
        taken.append(len(calls))
        return take(organization, calls, **more)

    monkeypatch.setattr(intake_runs, "take_in", killed)
    with pytest.raises(KeyboardInterrupt):
        run(file)
    assert UsageRecord.objects.count() == 5

    monkeypatch.setattr(intake_runs, "take_in", take)
    result = json.loads(run(file, "--json"))

    assert (result["accepted"], result["refused"]) == (9, 1)
    assert (result["read"], result["duplicates"]) == (10, 0)
    assert UsageRecord.objects.count() == 9
    rejects = file.with_name("calls.jsonl.rejects.jsonl")
    assert len(rejects.read_text().splitlines()) == 1
    assert not file.with_name("calls.jsonl.progress.json").exists()


def test_gzip_that_was_cut_fails_and_keeps_what_was_whole(file):
    body = gzip.compress(lines(*(entry(f"call-{n}") for n in range(5000))))
    file.write_bytes(body[:-200])

    with pytest.raises(CommandError, match="ends in the middle"):
        run(file)

    assert UsageRecord.objects.exists()


def test_a_file_of_the_console_becomes_sums_and_no_calls(file, organization):
    file.write_text(
        "start_time,start_time_iso,amount_value,amount_currency,line_item\n"
        '1795132800,2026-11-20T00:00:00+00:00,0.25,usd,"gpt-9, input"\n'
    )

    for _ in range(2):
        assert "They are no calls" in run(file)

    line = ProviderInvoiceLine.objects.get(organization=organization)
    assert (line.provider, line.model, str(line.day)) == (
        "openai",
        "gpt-9",
        "2026-11-20",
    )
    assert float(line.usd) == 0.25
    assert line.input_tokens is None
    assert not UsageRecord.objects.exists()


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_one_clear_line(organization, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "none.csv")


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.integers(-3, 10**6), min_size=1, max_size=40))
def test_every_line_comes_out_as_something(file, counts):
    """Taken, known or refused: nothing is lost and nothing is counted twice."""
    UsageRecord.objects.all().delete()
    file.write_bytes(lines(*(entry(f"c{n}", input_tokens=n) for n in counts)))

    result = json.loads(run(file, "--json"))

    good = {n for n in counts if n >= 0}
    assert result["accepted"] == len(good)
    assert result["refused"] == sum(n < 0 for n in counts)
    assert sum(result[name] for name in ("accepted", "refused", "duplicates")) == len(
        counts
    )
    kept = UsageRecord.objects.values_list("input_tokens", flat=True)
    assert sum(kept) == sum(good)
