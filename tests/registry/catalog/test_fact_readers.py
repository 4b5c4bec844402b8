import datetime

from registry.catalog.arena import read_arena
from registry.catalog.litellm import read_litellm
from registry.catalog.models_dev import read_models_dev
from registry.catalog.reading import Source

DAY = datetime.date(2026, 11, 1)


def models_dev_sheet(model_id="m", **model):
    content = {"openai": {"id": "openai", "models": {model_id: model}}}
    return read_models_dev(Source("f", content, DAY)).sheets["openai"][model_id]


def litellm_sheet(**model):
    content = {"openai/m": {"litellm_provider": "openai", **model}}
    return read_litellm(Source("f", content, DAY)).sheets["openai"]["m"]


def test_models_dev_states_modalities_limits_and_dates():
    sheet = models_dev_sheet(
        name="M",
        family="gpt",
        limit={"context": 1000, "output": 10},
        modalities={"input": ["image", "text"], "output": ["text"]},
        knowledge="2025-04",
        release_date="2025-06-01",
        open_weights=False,
        tool_call=True,
        reasoning=False,
        cost={"input": 1, "cache_read": 0.1},
    )

    assert sheet.stated() == {
        "name": "M",
        "family": "gpt",
        "input_modalities": ["text", "image"],
        "output_modalities": ["text"],
        "capabilities": ["tools", "caching"],
        "context_window": 1000,
        "max_output_tokens": 10,
        "knowledge_cutoff": "2025-04",
        "released_on": "2025-06-01",
        "is_open_weights": False,
    }


def test_a_window_of_zero_means_that_it_is_not_known():
    assert models_dev_sheet(limit={"context": 0, "output": 0}).stated() == {}
    assert litellm_sheet(max_input_tokens=0).stated() == {}


def test_a_day_that_does_not_exist_is_not_stated():
    assert models_dev_sheet(release_date="2025-25-11", knowledge="soon").stated() == {}


def test_a_month_is_no_release_day():
    assert models_dev_sheet(release_date="2025-11").released_on == ""


def test_the_length_of_a_vector_is_no_output_limit():
    sheet = models_dev_sheet(
        "text-embedding-3", limit={"context": 8191, "output": 3072}
    )

    assert sheet.max_output_tokens is None
    assert sheet.model_type == "embedding"


def test_models_dev_is_as_old_as_its_newest_change():
    content = {
        "a": {
            "id": "a",
            "models": {
                "m": {"last_updated": "2026-05-19"},
                "n": {"last_updated": "2026-05-21"},
            },
        }
    }

    assert read_models_dev(Source("f", content, DAY)).read_on.isoformat() == (
        "2026-05-21"
    )
    given = Source("f", content, DAY, is_dated=True)
    assert read_models_dev(given).read_on == DAY


def test_litellm_states_flags_limits_and_the_day_of_shutdown():
    sheet = litellm_sheet(
        mode="chat",
        supports_vision=True,
        supports_function_calling=True,
        supports_prompt_caching=False,
        max_input_tokens=1000,
        max_output_tokens=10.0,
        rpm=60,
        tpm=1000,
        deprecation_date="2027-01-14",
    )

    assert sheet.stated() == {
        "capabilities": ["text_generation", "image_analysis", "tools"],
        "context_window": 1000,
        "max_output_tokens": 10,
        "requests_per_minute": 60,
        "tokens_per_minute": 1000,
        "retired_on": "2027-01-14",
    }


def test_litellms_sample_entry_is_no_model():
    content = {
        "sample_spec": {"litellm_provider": "one of …", "max_input_tokens": "words"},
        "m": {"litellm_provider": "openai"},
    }

    assert set(read_litellm(Source("f", content, DAY)).sheets) == {"openai"}


def test_arena_states_a_score_with_its_interval_and_votes():
    row = ["openai / m", "M", 1400.5, 1390, 1411, 900, 1]
    content = {"ratings": {"date": "2026-10-20", "tasks": {"coding": [row]}}}

    catalog = read_arena(Source("f", content, DAY))

    assert catalog.read_on == datetime.date(2026, 10, 20)
    assert catalog.ratings["openai / m"]["coding"] == {
        "score": 1400.5,
        "low": 1390,
        "high": 1411,
        "votes": 900,
    }
