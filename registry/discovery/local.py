"""Where a call has no price, because it runs on a person's own machine. Pure."""

from typing import Final

from registry.addresses import is_local

CLOUD_SUFFIXES: Final = ("-cloud", ":cloud")


def runs_locally(dialect: str, base_url: str, model_name: str) -> bool:
    """Whether a call of this model costs nothing: it runs on a person's own Ollama.
    Ollama passes models named `…-cloud` on to its paid service."""
    is_passed_on = model_name.endswith(CLOUD_SUFFIXES)
    return dialect == "ollama" and is_local(base_url) and not is_passed_on
