import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import AIModel, CatalogSync
from registry.tasks import sync_catalog
from tests.registry.catalog.test_broken_sources import models_dev, priced


@pytest.fixture
def sources(tmp_path):
    prices, facts = tmp_path / "prices.json", tmp_path / "facts.json"
    prices.write_text(priced())
    facts.write_text(models_dev())
    return ["--prices", str(prices), "--facts", str(facts)]


def run(*words, **options):
    out = StringIO()
    call_command("catalog", *words, stdout=out, **options)
    return out.getvalue()


def test_sync_tells_a_person_what_it_did(db, sources):
    out = run("sync", *sources)

    assert "Models: 1 added, 0 changed, 0 left alone" in out
    assert AIModel.objects.get().context_window == 1000


def test_sync_answers_with_one_json_document(db, sources):
    answer = json.loads(run("sync", *sources, "--json"))

    assert answer["counts"]["added"] == 1
    assert answer["details"]["added"] == ["openai/m"]
    assert answer["dry_run"] is False


def test_a_dry_run_says_so_and_changes_nothing(db, sources):
    out = run("sync", *sources, "--dry-run")

    assert out.startswith("This is what a sync would do.")
    assert not AIModel.objects.exists()


def test_a_long_list_is_cut_short(db, tmp_path, sources):
    model = json.loads(priced())[0]["models"][0]
    many = [model | {"id": f"m{number}-latest"} for number in range(40)]
    provider = json.loads(priced())[0] | {"models": many}
    file = tmp_path / "many.json"
    file.write_text(json.dumps([provider]))

    out = run("sync", "--prices", str(file), *sources[2:])

    assert "… and 29 more" in out


def test_broken_input_is_one_line_and_fails(db, tmp_path):
    file = tmp_path / "broken.json"
    file.write_text("[{")

    with pytest.raises(CommandError) as refused:
        run("sync", "--prices", str(file))

    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)


def test_a_day_can_be_given_for_a_file(db, sources):
    run("sync", *sources, "--read-on", f"{sources[3]}=2026-05-21")

    origin = AIModel.objects.get().fact_sources["context_window"]
    assert origin == {"source": "models.dev", "read_on": "2026-05-21"}


def test_the_default_sync_needs_no_network_and_loads_the_whole_catalogue(db):
    run("sync", verbosity=0)

    assert AIModel.objects.count() >= 2300


def test_status_tells_of_the_last_sync(db, sources):
    assert "Last sync: –" in run("status")
    run("sync", *sources)

    state = json.loads(run("status", "--json"))

    assert (state["models"], state["last_state"]) == (1, "done")


def test_the_snapshot_command_writes_a_file(tmp_path):
    (tmp_path / "models-dev.json").write_text(models_dev().replace('"m"', '"gpt-4o"'))
    (tmp_path / "litellm.json").write_text('{"o1": {"litellm_provider": "openai"}}')
    (tmp_path / "arena.json").write_text('{"ratings": {"tasks": {}}}')
    output = tmp_path / "facts.json.gz"

    run(
        "snapshot",
        f"--models-dev={tmp_path / 'models-dev.json'}",
        f"--litellm={tmp_path / 'litellm.json'}",
        f"--arena={tmp_path / 'arena.json'}",
        f"--output={output}",
    )

    assert output.stat().st_size < 1000


def test_the_daily_task_syncs_the_configured_sources(db, sources, settings):
    settings.MODELHUB_CATALOG_PRICES = sources[1]
    settings.MODELHUB_CATALOG_FACTS = [sources[3]]

    sync_catalog()
    sync_catalog()

    assert AIModel.objects.count() == 1
    assert CatalogSync.objects.filter(state="done").count() == 2
