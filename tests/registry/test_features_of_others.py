"""Design law 14: an organisation sees its own, tested for every feature address."""

import pytest
from django.urls import reverse

from registry.models import AssignmentRevision, Feature
from registry.urls import urlpatterns
from tests.factories import FeatureFactory, enabled_model
from tests.registry.assigning import assigned

FILLED = {"number": 1, "to": 0, "expected": 1}


def names_with_key():
    return [
        pattern.name for pattern in urlpatterns if "<str:key>" in str(pattern.pattern)
    ]


def url_of(name, key):
    pattern = next(one for one in urlpatterns if one.name == name)
    wanted = {word: FILLED.get(word, key) for word in pattern.pattern.converters}
    return reverse(f"registry:{name}", kwargs=wanted)


@pytest.fixture
def secret(organization):
    feature = FeatureFactory(organization=organization, key="secret", name="Secret")
    return assigned(feature, enabled_model(organization))


def test_there_are_addresses_to_test():
    assert len(names_with_key()) >= 10


@pytest.mark.parametrize("name", names_with_key())
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_organisations_feature_is_not_there(stranger, secret, name, method):
    response = getattr(stranger, method)(url_of(name, "secret"))

    assert response.status_code in {404, 405}
    assert "Secret" not in response.content.decode()
    assert AssignmentRevision.objects.count() == 1
    assert Feature.objects.get().archived_at is None


@pytest.mark.parametrize("name", names_with_key())
def test_every_address_answers_404_to_one_of_the_two_methods(stranger, secret, name):
    url = url_of(name, "secret")

    assert 404 in {stranger.get(url).status_code, stranger.post(url).status_code}


@pytest.mark.parametrize("name", names_with_key())
def test_a_visitor_is_sent_to_sign_in(client, secret, name):
    assert client.get(url_of(name, "secret")).status_code == 302


@pytest.mark.parametrize(
    "key", ["%00", "a%20b", "%3Cscript%3E", "..%2f", "x" * 3000, "%F0%9F%98%80"]
)
def test_a_key_that_cannot_be_one_is_404(editor, key):
    response = editor.get(f"/features/{key}/")

    assert response.status_code == 404
    assert "<script>" not in response.content.decode().split("</head>")[1]


@pytest.mark.parametrize("key", ["codeGenerator.surgical", "a_b-c.d", "edit", "A9"])
def test_keys_with_dots_dashes_and_underscores_have_their_page(
    editor, organization, key
):
    FeatureFactory(organization=organization, key=key)

    assert editor.get(f"/features/{key}/").status_code == 200
