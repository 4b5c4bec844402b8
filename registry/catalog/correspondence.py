"""Which provider of one catalogue is which in another. Order is precedence."""

from __future__ import annotations

from typing import Final

_VERTEX: Final = (
    "vertex_ai",
    "vertex_ai-language-models",
    "vertex_ai-anthropic_models",
    "vertex_ai-embedding-models",
    "vertex_ai-mistral_models",
    "vertex_ai-llama_models",
    "vertex_ai-deepseek_models",
    "vertex_ai-qwen_models",
    "vertex_ai-openai_models",
)
_HUGGING_FACE: Final = ("huggingface",)

# genai-prices → models.dev
MODELS_DEV: Final[dict[str, tuple[str, ...]]] = {
    "anthropic": ("anthropic",),
    "aws": ("amazon-bedrock",),
    "azure": ("azure", "azure-cognitive-services"),
    "baseten": ("baseten",),
    "cerebras": ("cerebras",),
    "cloudflare": ("cloudflare-workers-ai",),
    "cohere": ("cohere",),
    "databricks": ("databricks",),
    "deepseek": ("deepseek",),
    "fireworks": ("fireworks-ai",),
    "github-copilot": ("github-copilot",),
    "google": ("google", "google-vertex", "google-vertex-anthropic"),
    "groq": ("groq",),
    "huggingface_cerebras": _HUGGING_FACE,
    "huggingface_fireworks-ai": _HUGGING_FACE,
    "huggingface_groq": _HUGGING_FACE,
    "huggingface_hyperbolic": _HUGGING_FACE,
    "huggingface_nebius": (*_HUGGING_FACE, "nebius"),
    "huggingface_novita": (*_HUGGING_FACE, "novita-ai"),
    "huggingface_nscale": _HUGGING_FACE,
    "huggingface_ovhcloud": (*_HUGGING_FACE, "ovhcloud"),
    "huggingface_publicai": _HUGGING_FACE,
    "huggingface_sambanova": _HUGGING_FACE,
    "huggingface_together": (*_HUGGING_FACE, "togetherai"),
    "minimax": ("minimax",),
    "mistral": ("mistral",),
    "moonshotai": ("moonshotai",),
    "novita": ("novita-ai",),
    "openai": ("openai",),
    "openrouter": ("openrouter",),
    "ovhcloud": ("ovhcloud",),
    "perplexity": ("perplexity",),
    "together": ("togetherai",),
    "x-ai": ("xai",),
    "zai": ("zai",),
    "zhipuai": ("zhipuai",),
}

# genai-prices → LiteLLM's `litellm_provider`
LITELLM: Final[dict[str, tuple[str, ...]]] = {
    "anthropic": ("anthropic",),
    "aws": ("bedrock_converse", "bedrock"),
    "azure": ("azure", "azure_ai", "azure_text"),
    "baseten": ("baseten",),
    "cerebras": ("cerebras",),
    "cloudflare": ("cloudflare",),
    "cohere": ("cohere_chat", "cohere"),
    "databricks": ("databricks",),
    "deepseek": ("deepseek",),
    "elevenlabs": ("elevenlabs",),
    "fireworks": ("fireworks_ai", "fireworks_ai-embedding-models"),
    "github-copilot": ("github_copilot",),
    "google": ("gemini", *_VERTEX),
    "groq": ("groq",),
    "huggingface_hyperbolic": ("hyperbolic",),
    "huggingface_nebius": ("nebius",),
    "huggingface_novita": ("novita",),
    "huggingface_nscale": ("nscale",),
    "huggingface_ovhcloud": ("ovhcloud",),
    "huggingface_publicai": ("publicai",),
    "huggingface_sambanova": ("sambanova",),
    "huggingface_together": ("together_ai",),
    "meta": ("meta", "meta_llama"),
    "minimax": ("minimax",),
    "mistral": ("mistral", "codestral"),
    "moonshotai": ("moonshot",),
    "novita": ("novita",),
    "openai": ("openai", "text-completion-openai"),
    "ovhcloud": ("ovhcloud",),
    "perplexity": ("perplexity",),
    "together": ("together_ai",),
    "typesafe": ("typesafe",),
    "voyageai": ("voyage",),
    "x-ai": ("xai",),
    "zai": ("zai",),
}

# genai-prices → the rates ledger, which speaks of providers as models.dev does
RATES: Final[dict[str, tuple[str, ...]]] = {
    **MODELS_DEV,
    "elevenlabs": ("elevenlabs",),
    "meta": ("meta", "llama"),
    "modal": ("modal",),
    "novita": ("novita-ai", "novita"),
}

CATALOGS: Final = {"models.dev": MODELS_DEV, "LiteLLM": LITELLM, "rates": RATES}

# Arena's maker → the maker's own provider in genai-prices
ARENA_MAKERS: Final = {
    "anthropic": "anthropic",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "google": "google",
    "meta": "meta",
    "minimax": "minimax",
    "mistral": "mistral",
    "moonshot": "moonshotai",
    "openai": "openai",
    "xai": "x-ai",
    "zai": "zai",
    "zhipu": "zhipuai",
}

# Arena's maker → how OpenRouter writes it before the slash
OPENROUTER_MAKERS: Final = {
    "alibaba": "qwen",
    "anthropic": "anthropic",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "google": "google",
    "meta": "meta-llama",
    "minimax": "minimax",
    "mistral": "mistralai",
    "moonshot": "moonshotai",
    "nvidia": "nvidia",
    "openai": "openai",
    "xai": "x-ai",
    "zai": "z-ai",
}
