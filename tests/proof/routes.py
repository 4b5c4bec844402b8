"""Every route of the URL table, those of included tables too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import get_resolver
from django.urls.resolvers import RegexPattern, URLPattern, URLResolver


@dataclass(frozen=True)
class Route:
    """`name` with its room; `arguments` are the names in its address."""

    name: str
    pattern: str
    arguments: tuple[str, ...]


def routes() -> list[Route]:
    """All but Django's admin, which is for operators of the whole installation."""
    return [one for one in _walk(get_resolver()) if not one.name.startswith("admin:")]


def _walk(
    resolver: URLResolver, room: str = "", path: str = "", before: tuple[str, ...] = ()
) -> Iterator[Route]:
    for one in resolver.url_patterns:
        named = (*before, *_arguments(one.pattern))
        whole = path + str(one.pattern)
        if isinstance(one, URLPattern):
            yield Route(f"{room}{one.name}", whole, named)
        else:
            inner = f"{room}{one.namespace}:" if one.namespace else room
            yield from _walk(one, inner, whole, named)


def _arguments(pattern) -> tuple[str, ...]:
    if isinstance(pattern, RegexPattern):
        return tuple(pattern.regex.groupindex)
    return tuple(pattern.converters)
