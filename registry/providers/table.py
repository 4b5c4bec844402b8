"""Providers as rows: where they are, how they take a key, and what is odd about them.

An endpoint that speaks OpenAI's interface needs nothing but a row here. Quirks:

- `no_stream_options`: refuses `stream_options`; usage comes without asking.
- `no_max_completion_tokens`: the limit is named `max_tokens`.
- `no_json_schema`: takes no JSON Schema; `no_json_object`: not even any JSON.
- `no_<parameter>`: refuses that parameter of a request (seed, stop, …).
- `random_seed`: the seed is named `random_seed`.
- `short_tool_ids`: ids of tool calls have exactly nine letters and digits.
- `developer_role`: the system prompt of reasoning models is a developer's.
- `has_responses`: speaks the Responses API too.
- `lists_no_models`: cannot be asked what it offers; `public_models`: tells anybody,
  so that its list proves no key.
- `reports_cost`: says in `usage.cost` what a call cost, in dollars.
- `reasoning_on_top`: `completion_tokens` are without the reasoning tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

OLD_LIMIT: Final = "no_max_completion_tokens"
PUBLIC: Final = "public_models"


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """`base_url` is empty where each customer has their own (`needs_base_url`).
    `key_variable` is the environment variable in which the key is usually kept."""

    slug: str
    dialect: str = "openai"
    base_url: str = ""
    key_header: str = "Authorization"
    key_prefix: str = "Bearer "
    needs_key: bool = True
    needs_base_url: bool = False
    quirks: frozenset[str] = frozenset()
    key_variable: str = ""
    documentation: str = ""


def _row(slug: str, base_url: str, key_variable: str, *quirks: str) -> ProviderRow:
    """An OpenAI-compatible provider with an address of its own."""
    return ProviderRow(
        slug, base_url=base_url, key_variable=key_variable, quirks=frozenset(quirks)
    )


def _local(slug: str, base_url: str) -> ProviderRow:
    return ProviderRow(
        slug, base_url=base_url, needs_key=False, quirks=frozenset({OLD_LIMIT})
    )


def _own(slug: str, key_variable: str, documentation: str) -> ProviderRow:
    """An OpenAI-compatible service whose address differs for each customer."""
    return ProviderRow(
        slug,
        needs_base_url=True,
        key_variable=key_variable,
        documentation=documentation,
        quirks=frozenset({OLD_LIMIT}),
    )


ROWS: Final = (
    ProviderRow(
        "openai",
        base_url="https://api.openai.com/v1",
        key_variable="OPENAI_API_KEY",
        quirks=frozenset({"has_responses", "developer_role"}),
    ),
    ProviderRow(
        "anthropic",
        dialect="anthropic",
        base_url="https://api.anthropic.com",
        key_header="x-api-key",
        key_prefix="",
        key_variable="ANTHROPIC_API_KEY",
    ),
    ProviderRow(
        "google",
        dialect="google",
        base_url="https://generativelanguage.googleapis.com/v1beta",
        key_header="x-goog-api-key",
        key_prefix="",
        key_variable="GEMINI_API_KEY",
    ),
    ProviderRow(
        "ollama",
        dialect="ollama",
        base_url="http://127.0.0.1:11434",
        needs_key=False,
    ),
    ProviderRow(
        "azure",
        key_header="api-key",
        key_prefix="",
        needs_base_url=True,
        key_variable="AZURE_OPENAI_API_KEY",
        quirks=frozenset({"has_responses", "developer_role"}),
        documentation="https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle",
    ),
    _row(
        "clarifai",
        "https://api.clarifai.com/v2/ext/openai/v1",
        "CLARIFAI_PAT",
        OLD_LIMIT,
    ),
    _row(
        "mistral",
        "https://api.mistral.ai/v1",
        "MISTRAL_API_KEY",
        OLD_LIMIT,
        "no_stream_options",
        "random_seed",
        "short_tool_ids",
    ),
    _row("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    _row("x-ai", "https://api.x.ai/v1", "XAI_API_KEY", "reasoning_on_top"),
    _row(
        "deepseek",
        "https://api.deepseek.com/v1",
        "DEEPSEEK_API_KEY",
        OLD_LIMIT,
        "no_json_schema",
        "no_seed",
        "no_parallel_tool_calls",
    ),
    _row(
        "openrouter",
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
        OLD_LIMIT,
        PUBLIC,
        "reports_cost",
    ),
    _row("together", "https://api.together.xyz/v1", "TOGETHER_API_KEY", OLD_LIMIT),
    _row(
        "fireworks",
        "https://api.fireworks.ai/inference/v1",
        "FIREWORKS_API_KEY",
        OLD_LIMIT,
    ),
    _row(
        "cohere",
        "https://api.cohere.ai/compatibility/v1",
        "COHERE_API_KEY",
        OLD_LIMIT,
        "no_parallel_tool_calls",
    ),
    _row("cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"),
    _row(
        "perplexity",
        "https://api.perplexity.ai",
        "PERPLEXITY_API_KEY",
        OLD_LIMIT,
        "lists_no_models",
        "no_tools",
        "no_seed",
        "no_stop",
        "no_stream_options",
    ),
    _row("moonshotai", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", OLD_LIMIT),
    _row(
        "nvidia",
        "https://integrate.api.nvidia.com/v1",
        "NVIDIA_API_KEY",
        OLD_LIMIT,
        PUBLIC,
    ),
    _row(
        "huggingface", "https://router.huggingface.co/v1", "HF_TOKEN", OLD_LIMIT, PUBLIC
    ),
    _row("zai", "https://api.z.ai/api/paas/v4", "ZAI_API_KEY", OLD_LIMIT),
    _row(
        "zhipuai", "https://open.bigmodel.cn/api/paas/v4", "ZHIPUAI_API_KEY", OLD_LIMIT
    ),
    _row("minimax", "https://api.minimax.io/v1", "MINIMAX_API_KEY", OLD_LIMIT),
    _row("baseten", "https://inference.baseten.co/v1", "BASETEN_API_KEY", OLD_LIMIT),
    _row("avian", "https://api.avian.io/v1", "AVIAN_API_KEY", OLD_LIMIT),
    _row(
        "ovhcloud",
        "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
        "OVH_AI_ENDPOINTS_ACCESS_TOKEN",
        OLD_LIMIT,
    ),
    _row(
        "sambanova",
        "https://api.sambanova.ai/v1",
        "SAMBANOVA_API_KEY",
        OLD_LIMIT,
        PUBLIC,
    ),
    _row(
        "deepinfra",
        "https://api.deepinfra.com/v1/openai",
        "DEEPINFRA_TOKEN",
        OLD_LIMIT,
        PUBLIC,
    ),
    _own(
        "aws",
        "AWS_BEARER_TOKEN_BEDROCK",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions.html",
    ),
    _own(
        "cloudflare",
        "CLOUDFLARE_API_TOKEN",
        "https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/",
    ),
    _own(
        "databricks",
        "DATABRICKS_TOKEN",
        "https://docs.databricks.com/machine-learning/model-serving/score-foundation-models",
    ),
    _local("lm-studio", "http://127.0.0.1:1234/v1"),
    _local("llama-cpp", "http://127.0.0.1:8080/v1"),
    _local("localai", "http://127.0.0.1:8080/v1"),
    _local("vllm", "http://127.0.0.1:8000/v1"),
    ProviderRow(
        "openai-compatible",
        needs_key=False,
        needs_base_url=True,
        quirks=frozenset({OLD_LIMIT}),
    ),
)


def known_rows() -> tuple[ProviderRow, ...]:
    """Every provider that is more than an address of one's own."""
    return ROWS


def row_for(slug: str) -> ProviderRow:
    """The row of a provider. One that nobody described is taken to speak OpenAI's
    interface at an address that the connection must name."""
    return _by_slug().get(slug) or ProviderRow(
        slug,
        needs_key=False,
        needs_base_url=True,
        quirks=frozenset({OLD_LIMIT}),
    )


@cache
def _by_slug() -> dict[str, ProviderRow]:
    return {row.slug: row for row in ROWS}
