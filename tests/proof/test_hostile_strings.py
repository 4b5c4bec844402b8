"""Hostile strings through every form that the pages of the URL table show: nothing
breaks, nothing runs, and no file hands a formula to a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.proof.arguments import arguments_of
from tests.proof.routes import routes
from tests.proof.test_isolation import World

SCRIPT = "<script>alert('hostile')</script>"
IMAGE = "<img src=x onerror=hostile()>"
HOSTILE = {
    "markup": f"\"'>{SCRIPT}{IMAGE}",
    "template": "{{ 71000071|add:10000010 }}{% debug %}${7*7}#{7*7}",
    "sql": "'; DROP TABLE registry_user; -- \" OR 1=1",
    "formula": "=cmd|' /C calc'!A0",
    "nul": "a\x00b\x01\x1b[2J",
    "direction": "\u202egnp.exe\u2066 👩‍👩‍👧‍👦\U0001f3f4 e\u0301\u200b\ufeff",
    "surrogate": "\\ud83d &#xD800; %ED%A0%BD",
    "path": "../../../../etc/passwd\\..\\..\\windows",
    "long": "x" * 100_000,
}
FORMULA = re.compile(r"^[=+@\t\r-]")
NUMBER = re.compile(r"^[+-]?\d[\d.,:eE+%-]*$|^-$|^[+-]$")
SKIPPED = {"sign_out", "account_session_end", "analytics:demo_load"}
"""Forms that end the session of the walk or begin long work."""


class Forms(HTMLParser):
    """The POST forms of a page: address and fields, with which take free text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: tuple[str, dict[str, str], list[str]] | None = None
        self._select = ""

    def handle_starttag(self, tag, attributes) -> None:
        facts = dict(attributes)
        name = facts.get("name") or ""
        if tag == "form" and (facts.get("method") or "").lower() == "post":
            self._open = (facts.get("action") or "", {}, [])
            self.found.append(self._open)
        elif self._open is None or (tag != "option" and not name):
            return
        elif tag == "textarea":
            self._open[2].append(name)
        elif tag == "select":
            self._select = name
        elif tag == "option":
            if self._select and ("selected" in facts or name):
                self._open[1][self._select] = facts.get("value") or ""
        elif tag == "input":
            self._take(facts.get("type") or "text", name, facts)

    def _take(self, kind: str, name: str, facts: dict[str, str | None]) -> None:
        assert self._open is not None
        if kind in {"text", "search", "url", "email", "password", "tel", "number"}:
            self._open[2].append(name)
        elif kind in {"hidden", "date", "time", "datetime-local"} or "checked" in facts:
            self._open[1][name] = facts.get("value") or ""

    def handle_endtag(self, tag) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


@pytest.fixture
def world(db) -> World:
    return World()


def pages(world: World) -> Iterator[tuple[str, str]]:
    for route in routes():
        values = (
            arguments_of(route.name, world.of, route.pattern) if route.arguments else {}
        )
        if values is None or not set(route.arguments) <= set(values):
            continue
        wanted = {name: values[name] for name in route.arguments}
        yield route.name, reverse(route.name, kwargs=wanted)


def got(browser: Client, address: str):
    with transaction.atomic():
        return browser.get(address)


def forms_of(world: World) -> dict[str, tuple[str, dict[str, str], list[str]]]:
    """Every form with a field for text, once for each route it is sent to."""
    found = {}
    for _, address in pages(world):
        response = got(world.browser, address)
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        parser = Forms()
        parser.feed(response.getvalue().decode("utf-8", "replace"))
        for action, fields, texts in parser.found:
            path = urlsplit(action).path or address
            try:
                name = resolve(path).view_name
            except Resolver404:
                continue
            if texts and name not in SKIPPED:
                found.setdefault(name, (path, fields, texts))
    return found


def test_no_form_breaks_and_nothing_is_shown_unescaped(world):
    forms = forms_of(world)
    assert len(forms) > 25, sorted(forms)
    broken = []
    for kind, text in HOSTILE.items():
        for name, (address, fields, texts) in forms.items():
            sent = {**fields, **dict.fromkeys(texts, text)}
            with transaction.atomic():
                point = transaction.savepoint()
                response = world.browser.post(address, sent)
                body = response.getvalue() if response.streaming else response.content
                transaction.savepoint_rollback(point)
            if response.status_code >= 500:
                broken.append((name, kind, response.status_code))
            if SCRIPT.encode() in body or IMAGE.encode() in body:
                broken.append((name, kind, "unescaped"))
            if (
                kind == "template"
                and b"81000081" in body
                and b"71000071|add:10000010" not in body
            ):
                broken.append((name, kind, "rendered"))

    assert not broken, broken


def test_hostile_names_stand_escaped_on_every_page_and_harmless_in_every_file(world):
    plant(world, f"{HOSTILE['formula']}{SCRIPT}{IMAGE}")
    shown, broken, files = 0, [], 0
    for name, address in pages(world):
        response = got(world.browser, address)
        kind = response.headers.get("Content-Type", "")
        body = response.getvalue().decode("utf-8", "replace")
        if kind.startswith("text/html"):
            shown += "&lt;script&gt;alert" in body
            if SCRIPT in body or IMAGE in body:
                broken.append((name, "unescaped"))
        elif kind.startswith("text/csv"):
            files += 1
            broken += [(name, cell[:40]) for cell in formulas(body)]

    assert not broken, broken
    assert shown > 5, shown
    assert files > 5, files


def formulas(body: str) -> list[str]:
    return [
        cell
        for row in csv.reader(io.StringIO(body))
        for cell in row
        if FORMULA.match(cell) and not NUMBER.match(cell)
    ]


def plant(world: World, text: str) -> None:
    """Give every row that has one a hostile name: as an import or a model might."""
    for model, row in world.known.items():
        for field in ("name", "label", "title", "description", "note", "actor_label"):
            column = {one.name: one for one in model._meta.concrete_fields}.get(field)
            is_text = column is not None and column.get_internal_type() in {
                "CharField",
                "TextField",
            }
            if not is_text or model._meta.model_name in {"auditentry", "prompt"}:
                continue
            value = text[: column.max_length or len(text)]
            with transaction.atomic():
                model._base_manager.filter(pk=row.pk).update(**{field: value})
