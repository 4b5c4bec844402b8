"""Files in an old shape are upgraded, and every line is accounted for."""

import pytest

from analytics.configuration_sections import SECTIONS
from registry.configuration.folder import read_file

OLD = """\
role_mappings:
  planner:
    preferred: [qwen3:14b, claude-opus-5]
    cloud_fallback: openai/gpt-6
    temperature: 0.3
    requirements:
      reasoning: ">= 0.7"
      min_context: 8000
      memory_gb: 8
      tools: true
      charm: 3
  critic: gpt-6
model_profiles:
  qwen3:14b:
    context: 32000
    memory: 9.5
    strengths: {reasoning: 0.8}
    capabilities: [tools, telepathy]
    parameters: {temperature: 0.5}
cloud_providers:
  anthropic:
    base_url: https://api.example.com
    api_key_env: ANTHROPIC_API_KEY
    models: [claude-opus-5]
  openai:
    api_key: very-secret
    enabled: false
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "old.yaml"
    path.write_text(OLD)
    return read_file(str(path), SECTIONS, lambda name: name == "openai/gpt-6")


def test_roles_become_features_with_assignments(file):
    assert file.document["features"] == {
        "planner": {
            "name": "planner",
            "min_context_tokens": 8000,
            "required_capabilities": ["tools"],
            "assignment": {
                "model": "ollama/qwen3:14b",
                "fallbacks": ["anthropic/claude-opus-5", "openai/gpt-6"],
                "parameters": {"temperature": 0.3},
            },
        },
        "critic": {"name": "critic", "assignment": {"model": "openai/gpt-6"}},
    }


def test_what_a_feature_cannot_require_a_profile_does(file):
    roles = file.document["profiles"]["role-mappings"]["roles"]

    assert roles["planner"]["requirements"] == {
        "reasoning_strength": 0.7,
        "max_memory_gb": 8,
    }


def test_model_profiles_become_models_and_custom_models(file):
    assert file.document["models"]["ollama/qwen3:14b"] == {
        "enabled": True,
        "parameters": {"temperature": 0.5},
    }
    assert file.document["custom_models"]["ollama/qwen3:14b"] == {
        "name": "qwen3:14b",
        "context_window": 32000,
        "min_memory_gb": "9.5",
        "capabilities": ["tools"],
    }


def test_cloud_providers_become_connections_without_their_keys(file):
    assert file.document["connections"] == {
        "anthropic/Imported": {
            "enabled": True,
            "base_url": "https://api.example.com",
            "key_variable": "ANTHROPIC_API_KEY",
        },
        "openai/Imported": {"enabled": False},
    }
    assert file.document["models"]["anthropic/claude-opus-5"] == {"enabled": True}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(2, "role planner → feature planner, assigned", id="role"),
        pytest.param(3, "qwen3:14b is taken to be ollama/qwen3:14b.", id="guess"),
        pytest.param(7, "reasoning_strength 0.7 → the profile", id="strength"),
        pytest.param(11, "the requirement charm has no place", id="unknown"),
        pytest.param(17, "strengths come from published ratings", id="ratings"),
        pytest.param(18, "some capabilities are not known", id="capability"),
        pytest.param(26, "a key stands in this file and is not read", id="key"),
    ],
)
def test_the_report_has_every_line(file, line, said):
    assert any(one.line == line and said in one.text for one in file.upgrades)


def test_a_key_is_never_repeated(file):
    assert "very-secret" not in repr(file.upgrades)
    assert "very-secret" not in repr(file.document)
