"""At which providers a connection can be made, and what each of them is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.addresses import is_local
from registry.models import Provider
from registry.providers.table import ProviderRow, known_rows, row_for

COMPATIBLE: Final = "openai-compatible"
NAMES: Final = {
    COMPATIBLE: "OpenAI-compatible server",
    "clarifai": "Clarifai",
    "deepinfra": "DeepInfra",
    "huggingface": "Hugging Face",
    "nvidia": "NVIDIA",
    "sambanova": "SambaNova",
    "lm-studio": "LM Studio",
    "llama-cpp": "llama.cpp",
    "localai": "LocalAI",
    "vllm": "vLLM",
    "ollama": "Ollama",
}
"""Of providers that no catalogue names."""


@dataclass(frozen=True)
class ProviderChoice:
    """One provider to connect to. `address` is where it is unless the connection says
    otherwise; empty where it must."""

    slug: str
    name: str
    address: str
    needs_key: bool
    key_variable: str
    group: str


def provider_choices() -> list[ProviderChoice]:
    """Everything that can be connected to: services first, then one's own machines,
    then what has no address of its own. Providers that only the catalogue knows are
    taken to speak OpenAI's interface."""
    names = dict(Provider.objects.values_list("slug", "name"))
    rows = {row.slug: row for row in known_rows()}
    rows |= {slug: row_for(slug) for slug in names if slug not in rows}
    choices = [_choice(row, names) for row in rows.values()]
    order = list(GROUPS)
    return sorted(choices, key=lambda one: (order.index(one.group), one.name.lower()))


def provider_named(slug: str) -> Provider:
    """The provider's row, made where it is the first time that it is needed."""
    name = NAMES.get(slug, slug)
    return Provider.objects.get_or_create(slug=slug, defaults={"name": name})[0]


SERVICES: Final = "Services"
MACHINES: Final = "Your own servers"
ADDRESSES: Final = "With an address of your own"
GROUPS: Final = (SERVICES, MACHINES, ADDRESSES)


def _choice(row: ProviderRow, names: dict[str, str]) -> ProviderChoice:
    if row.slug == COMPATIBLE:
        group = MACHINES
    elif row.needs_base_url:
        group = ADDRESSES
    else:
        group = MACHINES if is_local(row.base_url) else SERVICES
    return ProviderChoice(
        slug=row.slug,
        name=NAMES.get(row.slug) or names.get(row.slug) or row.slug,
        address=row.base_url,
        needs_key=row.needs_key,
        key_variable=row.key_variable,
        group=group,
    )
