"""Server time of pages with the full catalogue: the whole stack but the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse

from modelhub.bench.timing import Measurement, measure
from registry.models import AIModel, Membership, ModelSetting, Organization, Role, User

PAGE_TARGET_MS: Final = 60
CATALOGUE_TARGET_MS: Final = 150
COMPARED: Final = 6


@dataclass(frozen=True)
class Page:
    """A page to ask for; with a `target`, only that fragment of it. `beside` names a
    query that reads about the same, as plain SQL."""

    name: str
    view: str
    query: list[tuple[str, str]] = field(default_factory=list)
    target: str = ""
    target_ms: float = PAGE_TARGET_MS
    beside: str = ""
    sql: str = ""

    @property
    def address(self) -> str:
        return f"{reverse(self.view)}?{urlencode(self.query)}"


def measure_pages(runs: int) -> Iterator[Measurement]:
    """One measurement a page, asked for by an editor with six enabled models."""
    compared = _compared_models()
    client = _client_of_models(compared)
    for page in _pages([model.reference for model in compared]):
        ask = asker(client, page)
        timing = measure(ask, runs=runs)
        beside = measure(_reader(page.sql), runs=runs) if page.sql else None
        yield Measurement(
            page.name, timing, page.target_ms, page.beside, beside, _note(ask())
        )


def _pages(references: list[str]) -> list[Page]:
    chosen = [("m", reference) for reference in references]
    scan = (
        "SELECT id FROM registry_aimodel "
        "WHERE search_text LIKE '%gpt-5%' AND search_text LIKE '%mini%'"
    )
    listed = "SELECT * FROM registry_aimodel ORDER BY model_name LIMIT 24"
    rates = "SELECT ai_model_id, rates FROM registry_price WHERE effective_to IS NULL"
    keystroke = [("q", "gpt-5 mini")]
    return [
        Page(
            "Search keystroke",
            "registry:model_list",
            keystroke,
            "models-results",
            beside="raw SQL scan of all models",
            sql=scan,
        ),
        Page(
            "Models page",
            "registry:model_list",
            beside="raw SQL of 24 models",
            sql=listed,
        ),
        Page(f"{COMPARED}-model comparison", "recommender:compare", chosen),
        Page("Calculator page", "recommender:calculator", chosen),
        Page(
            "Calculator keystroke",
            "recommender:calculator",
            [("requests", "70000"), *chosen],
            "calculator-results",
        ),
        Page(
            "Calculator over the whole catalogue",
            "recommender:calculator",
            [("scope", "all"), ("batch", "40")],
            target_ms=CATALOGUE_TARGET_MS,
            beside="raw SQL of all prices in force",
            sql=rates,
        ),
    ]


def asker(client: Client, page: Page) -> Callable[[], str]:
    """Asks for a page; answers with its fragment, where it has a target."""
    headers = {"HX-Request": "true", "HX-Target": page.target} if page.target else {}

    def ask() -> str:
        response = client.get(
            page.address, headers=headers, secure=settings.SECURE_SSL_REDIRECT
        )
        if response.status_code != 200:
            raise CommandError(f"{page.address} answered {response.status_code}.")
        return str(response.content.decode()) if page.target else ""

    return ask


def _note(fragment: str) -> str:
    """Says so where a page answers a keystroke with all of itself."""
    return "answers with the whole page" if "<html" in fragment else ""


def _reader(statement: str) -> Callable[[], object]:
    def read() -> object:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    return read


def _compared_models() -> list[AIModel]:
    """Priced models with many facts, so that nothing is cheap for being empty."""
    priced = AIModel.objects.filter(prices__isnull=False, context_window__gt=0)
    found = list(
        priced.filter(capabilities__contains=["tools", "image_analysis"])
        .select_related("provider")
        .distinct()[:COMPARED]
    )
    if len(found) < COMPARED:
        raise CommandError("The catalogue has too few models to measure with.")
    return found


def _client_of_models(enabled: list[AIModel]) -> Client:
    organization = Organization.objects.create(name="Bench", slug="bench")
    for ai_model in enabled:
        ModelSetting.objects.create(
            organization=organization, ai_model=ai_model, is_enabled=True
        )
    return signed_in_client(organization)


def signed_in_client(organization: Organization) -> Client:
    """Of an editor."""
    user = User.objects.create_user(f"{organization.slug}@localhost.localdomain")
    Membership.objects.create(user=user, organization=organization, role=Role.EDITOR)
    client = Client(SERVER_NAME=allowed_host())
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def allowed_host() -> str:
    names = [name for name in settings.ALLOWED_HOSTS if not name.startswith(("*", "."))]
    return names[0] if names else "localhost"
