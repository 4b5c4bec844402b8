"""What a list of a connection makes of the registry."""

import datetime
from decimal import Decimal

import pytest

from registry.models import AIModel, AuditEntry, ModelAlias
from registry.providers.adapter import OfferedModel
from tests.factories import AIModelFactory, ConnectionFactory, ProviderFactory
from tests.registry.discovery.listing import LOCALHOST, discover

LLAMA = OfferedModel(
    model_name="llama3.2:3b",
    context_window=131_072,
    capabilities=frozenset({"text_generation", "tools"}),
    family="llama",
    parameter_count_billions=3.2,
    quantisation="Q4_K_M",
    size_bytes=2_019_393_189,
    memory_gb=3.1,
    is_loaded=True,
)


@pytest.fixture
def connection(organization):
    return ConnectionFactory(organization=organization)


@pytest.fixture
def ollama(organization):
    return ConnectionFactory(
        organization=organization, provider=ProviderFactory(slug="ollama")
    )


def test_a_model_of_the_catalogue_is_offered_and_not_added_again(connection):
    known = AIModelFactory(model_name="gpt-x")

    report = discover(connection, "gpt-x")

    assert AIModel.objects.get() == known
    assert connection.offered_models.get().ai_model == known
    assert report.new == {"openai/gpt-x": known.pk}
    assert report.created == []


def test_a_model_nobody_knew_becomes_the_organisations_own(connection, organization):
    discover(connection, "ft:gpt-x:acme:2026")

    model = AIModel.objects.get()

    assert model.organization == organization
    assert model.name == "ft:gpt-x:acme:2026"
    assert model.fact_sources["model_name"]["source"] == "Openai discovery"
    assert "ft:gpt-x" in model.search_text
    assert not model.prices.exists()


def test_what_ollama_states_becomes_facts_with_their_source(ollama):
    today = datetime.date.today().isoformat()

    discover(ollama, LLAMA, dialect="ollama", base_url=LOCALHOST)

    model = AIModel.objects.get()
    assert model.context_window == 131_072
    assert model.capabilities == ["text_generation", "tools"]
    assert model.model_type == "language"
    assert model.family == "llama"
    assert model.parameter_count_billions == Decimal("3.2")
    assert model.quantisation == "Q4_K_M"
    assert model.min_memory_gb == Decimal("3.1")
    assert model.fact_sources["min_memory_gb"]["source"] == "Ollama discovery"
    assert model.fact_sources["min_memory_gb"]["read_on"] >= today[:8]
    link = ollama.offered_models.get()
    assert link.size_bytes == 2_019_393_189
    assert link.is_loaded is True


def test_a_model_on_ones_own_ollama_costs_nothing_and_says_why(ollama):
    discover(ollama, LLAMA, dialect="ollama", base_url=LOCALHOST)

    price = AIModel.objects.get().prices.get()

    assert price.input_usd_per_million == 0
    assert price.output_usd_per_million == 0
    assert price.source == "local model"
    assert AuditEntry.objects.filter(action="price.added").count() == 1


@pytest.mark.parametrize(
    ("name", "base_url"),
    [
        ("llama3.2:3b", "https://ollama.com"),
        ("gpt-oss:120b-cloud", LOCALHOST),
        ("qwen3-coder:cloud", LOCALHOST),
    ],
)
def test_the_price_of_a_hosted_ollama_model_is_not_known(ollama, name, base_url):
    discover(ollama, name, dialect="ollama", base_url=base_url)

    assert not AIModel.objects.get().prices.exists()


def test_later_runs_update_the_facts_of_own_models(ollama):
    discover(ollama, LLAMA)
    grown = OfferedModel(model_name="llama3.2:3b", context_window=8_192, family="llama")

    report = discover(ollama, grown)

    model = AIModel.objects.get()
    assert model.context_window == 8_192
    assert model.quantisation == "Q4_K_M"
    assert report.changed == {"ollama/llama3.2:3b": ["context_window"]}
    entry = AuditEntry.objects.get(action="model.rediscovered")
    assert entry.before == {"context_window": 131_072}
    assert entry.after == {"context_window": 8_192}


def test_an_edited_fact_stays_as_the_person_wrote_it(ollama, organization):
    AIModelFactory(
        provider=ollama.provider,
        organization=organization,
        model_name="llama3.2:3b",
        context_window=4_096,
        fact_sources={"context_window": {"source": "edited", "read_on": "2026-01-01"}},
    )

    discover(ollama, LLAMA)

    model = AIModel.objects.get()
    assert model.context_window == 4_096
    assert model.fact_sources["context_window"]["source"] == "edited"
    assert model.quantisation == "Q4_K_M"


def test_the_shared_catalogue_is_not_changed_by_one_organisation(connection):
    AIModelFactory(model_name="gpt-x", context_window=128_000)
    offered = OfferedModel(model_name="gpt-x", context_window=1, family="mine")

    report = discover(connection, offered)

    model = AIModel.objects.get()
    assert (model.context_window, model.family) == (128_000, "")
    assert report.changed == {}


def test_an_alias_stands_for_its_exact_version_and_says_so(connection):
    exact = AIModelFactory(model_name="gpt-x-2026-01-01")
    ModelAlias.objects.create(
        provider=exact.provider, alias="gpt-x-latest", ai_model=exact
    )

    discover(connection, "gpt-x-latest")

    link = connection.offered_models.get()
    assert link.ai_model == exact
    assert link.offered_as == "gpt-x-latest"
    assert AIModel.objects.count() == 1


def test_the_exact_name_wins_over_an_alias_of_it(connection):
    exact = AIModelFactory(model_name="gpt-x-2026-01-01")
    ModelAlias.objects.create(
        provider=exact.provider, alias="gpt-x-latest", ai_model=exact
    )

    discover(connection, "gpt-x-latest", "gpt-x-2026-01-01")

    assert connection.offered_models.get().offered_as == ""


def test_ollamas_latest_is_the_name_without_a_tag(ollama, organization):
    own = AIModelFactory(
        provider=ollama.provider, organization=organization, model_name="llama3.2"
    )

    discover(ollama, "llama3.2:latest")

    assert ollama.offered_models.get().ai_model == own
    assert ollama.offered_models.get().offered_as == "llama3.2:latest"


def test_what_is_no_longer_offered_is_kept_as_unavailable(connection):
    discover(connection, "a", "b")
    later = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)

    report = discover(connection, "a", at=later)

    gone = connection.offered_models.get(ai_model__model_name="b")
    assert not gone.is_available
    assert gone.reason == "Openai no longer offers it."
    assert gone.changed_at == later
    assert report.gone == ["openai/b"]
    assert AIModel.objects.count() == 2


def test_what_is_offered_again_recovers(connection):
    discover(connection, "a")
    discover(connection)

    report = discover(connection, "a")

    link = connection.offered_models.get()
    assert link.is_available
    assert link.reason == ""
    assert report.back == ["openai/a"]
    assert report.new == {}


def test_the_same_list_twice_changes_nothing(ollama):
    discover(ollama, LLAMA, "b", dialect="ollama", base_url=LOCALHOST)
    before = list(AIModel.objects.values())
    entries = AuditEntry.objects.count()

    report = discover(ollama, LLAMA, "b", dialect="ollama", base_url=LOCALHOST)

    assert not report.changes_something
    assert list(AIModel.objects.values()) == before
    assert AuditEntry.objects.count() == entries


def test_a_created_model_leaves_a_trace_in_the_persons_name(connection, membership):
    discover(connection, "new-one", actor=membership.user)

    entry = AuditEntry.objects.get()

    assert entry.action == "model.discovered"
    assert entry.actor == membership.user
    assert entry.object_label == "openai/new-one"
    assert entry.organization == connection.organization
    assert connection.label in entry.note


def test_another_organisation_sees_nothing_of_it(connection, stranger):
    discover(connection, "our-secret-model")

    page = stranger.get("/models/", {"q": "our-secret-model"}).content.decode()

    assert stranger.get("/models/openai/our-secret-model/").status_code == 404
    assert "openai/our-secret-model" not in page


def test_each_connection_keeps_what_it_offers(connection, organization):
    second = ConnectionFactory(organization=organization)
    discover(connection, "a")
    discover(second, "a", "b")

    discover(second, "b")

    assert connection.offered_models.get().is_available
    assert second.offered_models.filter(is_available=True).count() == 1
    assert AIModel.objects.count() == 2
