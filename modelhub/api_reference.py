"""The operations of an OpenAPI 3.1 document as people read them: by group, with who may
call them, what goes in and comes out, and an example. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from modelhub.api_examples import curl

DEEPEST: Final = 2
OK: Final = ("200", "201")


@dataclass(frozen=True)
class Field:
    """One value that goes in or comes out; `name` is a path: `candidates[].model`."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """One method at one path. `role` is enough, and so is each of `scopes`; `role` is
    empty where only a token will do."""

    method: str
    path: str
    group: str
    summary: str
    description: str
    role: str
    scopes: list[str]
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    failures: list[tuple[str, str]]
    example: str

    @property
    def anchor(self) -> str:
        """A name for links to it."""
        words = self.path.strip("/").replace("/", "-").replace("{", "").replace("}", "")
        return f"{self.method.lower()}-{words}"

    def has(self, words: str) -> bool:
        """Whether every word is somewhere in what the line of it says."""
        parts = (self.method, self.path, self.group, self.summary, self.description)
        text = " ".join(parts).casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True)
class Group:
    """What belongs together, in the document's order."""

    name: str
    operations: list[Operation]

    @property
    def anchor(self) -> str:
        return f"group-{self.name.lower().replace(' ', '-')}"


def groups(operations: list[Operation]) -> list[Group]:
    """By name."""
    found: dict[str, list[Operation]] = {}
    for one in operations:
        found.setdefault(one.group, []).append(one)
    return [Group(name, found[name]) for name in sorted(found)]


def operations(document: dict[str, Any], base_url: str) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, stated in methods.items():
            yield _operation(document, base_url, path, method, stated)


def _operation(
    document: dict[str, Any],
    base_url: str,
    path: str,
    method: str,
    stated: dict[str, Any],
) -> Operation:
    responses = {str(code): answer for code, answer in stated["responses"].items()}
    answer: dict[str, Any] = next(
        (responses[code] for code in OK if code in responses), {}
    )
    body = _content(stated.get("requestBody", {}))
    return Operation(
        method=method.upper(),
        path=path,
        group=stated["tags"][-1],
        summary=stated.get("summary", ""),
        description=stated.get("description", ""),
        role="".join(_needed(stated, "MemberAuth")),
        scopes=_needed(stated, "TokenAuth"),
        parameters=[_parameter(document, one) for one in stated["parameters"]],
        body=list(_fields(document, body, "body")),
        answer=list(_fields(document, _content(answer), "answer")),
        failures=[
            (code, one["description"])
            for code, one in responses.items()
            if code >= "304"
        ],
        example=curl(document, base_url, path, method, stated),
    )


def _needed(stated: dict[str, Any], scheme: str) -> list[str]:
    return [word for one in stated["security"] for word in one.get(scheme, ())]


def _parameter(document: dict[str, Any], one: dict[str, Any]) -> Field:
    kind = kind_of(document, one["schema"])
    said = one.get("description", "")
    return Field(one["name"], one["in"], kind, bool(one.get("required")), said)


def kind_of(document: dict[str, Any], stated: dict[str, Any]) -> str:
    """`integer, 1 to 200`, `list of text`, `text or null`, `one of day, week` …"""
    if "anyOf" in stated:
        return " or ".join(kind_of(document, one) for one in stated["anyOf"])
    stated = resolved(document, stated)
    if "enum" in stated:
        return "one of " + ", ".join(str(one) or "“”" for one in stated["enum"])
    if "const" in stated:
        return str(stated["const"])
    kind = str(stated.get("type", "any"))
    if kind == "array":
        return f"list of {kind_of(document, stated.get('items', {}))}"
    least, most = stated.get("minimum"), stated.get("maximum")
    bounds = f", {least} to {most}" if least is not None and most is not None else ""
    return {"string": "text"}.get(kind, kind) + bounds


def resolved(document: dict[str, Any], stated: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference means."""
    if "$ref" not in stated:
        return stated
    name = stated["$ref"].rsplit("/", 1)[-1]
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def _content(part: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (
        part.get("content", {}).get("application/json", {}).get("schema", {})
    )
    return answer


def _fields(
    document: dict[str, Any],
    stated: dict[str, Any],
    place: str,
    before: str = "",
    depth: int = 1,
) -> Iterator[Field]:
    """The fields of an object, and those of the objects in it."""
    stated = resolved(document, stated)
    required = stated.get("required", [])
    for name, one in stated.get("properties", {}).items():
        path = f"{before}{name}"
        kind = kind_of(document, one)
        said = one.get("description", "")
        yield Field(path, place, kind, name in required, said)
        inner, step = _inside(document, one)
        if inner is not None and depth < DEEPEST:
            yield from _fields(document, inner, place, f"{path}{step}", depth + 1)


def _inside(
    document: dict[str, Any], stated: dict[str, Any]
) -> tuple[dict[str, Any] | None, str]:
    """The object that a field holds or lists, and how its path goes on."""
    for one in stated.get("anyOf", [stated]):
        found = resolved(document, one)
        if found.get("type") == "array":
            items = resolved(document, found.get("items", {}))
            if "properties" in items:
                return items, "[]."
        elif "properties" in found:
            return found, "."
    return None, ""
