"""Which servers are a person's own, where a call has no price. Pure: no name is
looked up."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

OWN_SUFFIXES: Final = (
    ".localhost",
    ".local",
    ".internal",
    ".lan",
    ".home.arpa",
    ".localdomain",
)
CLOUD_SUFFIXES: Final = ("-cloud", ":cloud")


def is_own_server(base_url: str) -> bool:
    """Whether the address names this machine or one of a private network: a loopback
    or private number, a name without a dot, or one of a private domain."""
    try:
        host = (urlsplit(base_url).hostname or "").lower()
    except ValueError:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(OWN_SUFFIXES))
    return address.is_loopback or (address.is_private and not address.is_unspecified)


def runs_locally(dialect: str, base_url: str, model_name: str) -> bool:
    """Whether a call of this model costs nothing: it runs on a person's own Ollama.
    Ollama passes models named `…-cloud` on to its paid service."""
    is_passed_on = model_name.endswith(CLOUD_SUFFIXES)
    return dialect == "ollama" and is_own_server(base_url) and not is_passed_on
