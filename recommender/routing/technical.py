"""Whether a text is about software at all. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from recommender.routing.code_lines import word_set

IDENTIFIER: Final = re.compile(
    r"`[^`\n]+`|\b\w+\(\)|\b[a-z]+_[a-z_]+\b|\b[a-z]+[A-Z]\w+|\s--[a-z]\w+"
    r"|\b[\w/]+\.(?:py|js|ts|tsx|go|rs|java|sql|sh|ya?ml|json|toml|css|html|c|cpp|rb)\b"
)
FEW: Final = 2
TECHNICAL: Final = word_set(
    "python javascript typescript java kotlin swift rust golang c cpp ruby php perl "
    "scala haskell lua bash shell powershell sql html css scss react vue angular "
    "svelte django flask fastapi rails laravel express node spring docker dockerfile "
    "kubernetes helm terraform ansible nginx git github gitlab jenkins ci postgres "
    "postgresql mysql sqlite oracle redis kafka rabbitmq celery graphql rest api apis "
    "sdk cli http https json yaml xml csv jwt oauth sso tls s aws azure gcp cloud "
    "server servers client backend frontend database databases schema table tables "
    "query queries index migration migrations function functions method methods class "
    "classes module modules package library framework component components hook hooks "
    "endpoint endpoints middleware service services microservice monolith repository "
    "repo branch commit diff merge pull pr code codebase script program bug bugs "
    "refactor regex loop loops variable variables parameter parameters argument array "
    "list dict string integer float boolean null pointer pointers thread threads async "
    "await promise callback mutex lock locks deadlock cache caching queue event events "
    "handler parser compiler algorithm recursion decorator generator closure interface "
    "inheritance orm unit pytest jest mock mocks fixture fixtures coverage lint linter "
    "logging deploy deployment release rollout feature flag flags app application "
    "software developer developers engineer engineers backlog sprint ticket mvp "
    "dashboard docstring readme changelog docs documentation openapi cron webhook "
    "token tokens authentication login password encryption serializer reducer state "
    "singleton struct enum type types generic generics lifetime memory heap stack "
    "kernel scheduler websocket stream streaming batch etl pipeline plugin config "
    "configuration environment variable container funktion code klasse methode "
    "fonction código función"
)


def technical_terms(prompt: str, words: Sequence[str]) -> Iterator[str]:
    """How many words of the trade, and whether names of programs stand in it."""
    count = len({one for one in words if one in TECHNICAL})
    yield f"<technical {min(count, FEW + 1)}>"
    if IDENTIFIER.search(prompt):
        yield "<identifier>"
