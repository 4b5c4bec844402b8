"""Calls of the management API as a line for the shell, made from what the OpenAPI
document demands. Pure."""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import quote

KNOWN: Final = {
    "feature": "planner",
    "key": "planner",
    "label": "production",
    "model": "openai/gpt-5-mini",
    "models": ["openai/gpt-5-mini"],
    "messages": [{"role": "user", "content": "Hello"}],
    "monthly_budget_usd": "50",
    "amount_usd": "200.00",
    "m": ["openai/gpt-5-mini", "openai/gpt-5-nano"],
    "name": "planner",
    "provider": "openai",
    "reference": "openai/gpt-5-mini",
    "slug": "balanced",
    "suite": "smoke",
}
"""What stands for these names, whatever they are of."""
PACK: Final = {"modelhub_pack": 1, "name": "Balanced", "features": {}}
OWN_BODIES: Final[dict[str, dict[str, Any]]] = {
    "/api/configuration": {"modelhub_config": 1},
    "/api/packs": PACK,
    "/api/packs/{slug}/versions": PACK,
}


def curl(
    document: dict[str, Any],
    base_url: str,
    path: str,
    method: str,
    stated: dict[str, Any],
) -> str:
    """With the parameters and fields that must be there, and no others."""
    parts = [f'curl -s "{base_url}{_address(document, path, stated)}"']
    if method != "get":
        parts.append(f"-X {method.upper()}")
    parts.append('-H "Authorization: Bearer $MODELHUB_TOKEN"')
    for kind, content in stated.get("requestBody", {}).get("content", {}).items():
        parts.append(f'-H "Content-Type: {kind}"')
        parts.append(f"-d {_quoted(_body(document, path, content))}")
    return " \\\n  ".join(parts)


def example_of(document: dict[str, Any], stated: dict[str, Any], name: str) -> Any:
    """Something that fits the schema; of an object, what it demands."""
    if name in KNOWN:
        return KNOWN[name]
    if "$ref" in stated:
        stated = document["components"]["schemas"][stated["$ref"].rpartition("/")[2]]
    if "anyOf" in stated:
        return example_of(document, stated["anyOf"][0], name)
    if "enum" in stated:
        return next((one for one in stated["enum"] if one), "")
    kind = stated.get("type")
    if kind == "object":
        needed = stated.get("required", ())
        inside = stated.get("properties", {})
        return {one: example_of(document, inside[one], one) for one in needed}
    if kind == "array":
        return [example_of(document, stated.get("items", {}), "")]
    if kind in ("integer", "number"):
        return max(1, stated.get("minimum", 1))
    if kind == "boolean":
        return True
    return "1" if "pattern" in stated else "…"


def _address(document: dict[str, Any], path: str, stated: dict[str, Any]) -> str:
    words = {}
    query = []
    for one in stated["parameters"]:
        if one["in"] == "path":
            words[one["name"]] = example_of(document, one["schema"], one["name"])
        elif one["in"] == "query" and one.get("required"):
            value = example_of(document, one["schema"], one["name"])
            values = value if isinstance(value, list) else [value]
            query += [f"{one['name']}={quote(str(each))}" for each in values]
    address = re.sub(r"\{(\w+)\}", lambda found: str(words[found[1]]), path)
    return f"{address}?{'&'.join(query)}" if query else address


def _body(document: dict[str, Any], path: str, content: dict[str, Any]) -> str:
    if "example" in content:
        return str(content["example"]).strip()
    if path in OWN_BODIES:
        return json.dumps(OWN_BODIES[path])
    found = example_of(document, content["schema"], "")
    return json.dumps(found or _one_field(document, content), ensure_ascii=False)


def _one_field(document: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """Where nothing must be sent, the first that may be."""
    stated = content["schema"]
    stated = next((one for one in stated.get("anyOf", ()) if "$ref" in one), stated)
    if "$ref" in stated:
        stated = document["components"]["schemas"][stated["$ref"].rpartition("/")[2]]
    first = next(iter(stated.get("properties", {}).items()), None)
    return {first[0]: example_of(document, first[1], first[0])} if first else {}


def _quoted(text: str) -> str:
    """For a shell."""
    return "'" + text.replace("'", "'\\''") + "'"
