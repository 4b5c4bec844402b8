"""Signing in with SAML: an assertion that the test signs as the identity provider."""

import base64
import datetime
import zlib
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.contrib.auth import get_user
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from modelhub.single_sign_on import group_roles, saml
from registry.models import Membership, Role, User

DOOR = "/sign-in/saml/saml/"
IDP = "https://idp.example.com/saml"
HOST = "hub.example.com"
METADATA = f"http://{HOST}{DOOR}metadata/"
EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0"


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST=HOST)


class Signer:
    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
        now = datetime.datetime.now(datetime.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .sign(self.key, hashes.SHA256())
            .public_bytes(serialization.Encoding.PEM)
            .decode()
        )

    def sign(self, xml: str) -> str:
        from onelogin.saml2.utils import OneLogin_Saml2_Utils

        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        signed = OneLogin_Saml2_Utils.add_sign(xml, key, self.certificate)
        return signed.decode() if isinstance(signed, bytes) else signed


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer()


@pytest.fixture
def door(organization, settings, monkeypatch, signer) -> str:
    monkeypatch.setenv("SAML_IDP_ENTITY_ID", IDP)
    monkeypatch.setenv("SAML_IDP_URL", "https://idp.example.com/sso")
    monkeypatch.setenv("SAML_IDP_CERTIFICATE", signer.certificate)
    monkeypatch.setenv("SAML_NAME", "Company SAML")
    settings.SOCIALACCOUNT_PROVIDERS = saml()
    settings.ALLOWED_HOSTS = [HOST]
    settings.SIGN_IN_GROUP_ROLES = group_roles([f"ai-team={organization.slug}:analyst"])
    return DOOR


def request_id(client: Client) -> str:
    """Go to the provider: the id of the request that it gets."""
    there = client.get(DOOR)["Location"]
    assert there.startswith("https://idp.example.com/sso?")
    packed = parse_qs(urlsplit(there).query)["SAMLRequest"][0]
    xml = zlib.decompress(base64.b64decode(packed), -15)
    return ElementTree.fromstring(xml).attrib["ID"]


def moment(seconds: int) -> str:
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def assertion(asked: str, audience: str = METADATA, ends_s: int = 300) -> str:
    return f"""<saml:Assertion xmlns:saml="{PROTOCOL}:assertion" ID="_a1" Version="2.0"
 IssueInstant="{moment(0)}"><saml:Issuer>{IDP}</saml:Issuer><saml:Subject>
<saml:NameID Format="{PROTOCOL}:nameid-format:persistent">1001</saml:NameID>
<saml:SubjectConfirmation Method="{PROTOCOL}:cm:bearer"><saml:SubjectConfirmationData
 NotOnOrAfter="{moment(ends_s)}" Recipient="http://{HOST}{DOOR}back/"
 InResponseTo="{asked}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{moment(-60)}" NotOnOrAfter="{moment(ends_s)}">
<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>
</saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{moment(0)}" SessionIndex="_s1"><saml:AuthnContext>
<saml:AuthnContextClassRef>{PROTOCOL}:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>
<saml:Attribute Name="{EMAIL}">
<saml:AttributeValue>noor@example.com</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="groups">
<saml:AttributeValue>ai-team</saml:AttributeValue></saml:Attribute>
</saml:AttributeStatement></saml:Assertion>"""


def response(asked: str, content: str) -> str:
    xml = f"""<samlp:Response xmlns:samlp="{PROTOCOL}:protocol" ID="_r1" Version="2.0"
 IssueInstant="{moment(0)}" Destination="http://{HOST}{DOOR}back/"
 InResponseTo="{asked}">
<saml:Issuer xmlns:saml="{PROTOCOL}:assertion">{IDP}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="{PROTOCOL}:status:Success"/></samlp:Status>
{content}</samlp:Response>"""
    return base64.b64encode(xml.encode()).decode()


def come_back(client: Client, document: str):
    sent = client.post(f"{DOOR}back/", {"SAMLResponse": document})
    return client.get(sent["Location"])


def test_a_signed_assertion_lets_a_person_in_with_the_role_of_the_group(
    door, client, signer
):
    assert "Continue with Company SAML" in client.get("/sign-in/").content.decode()
    asked = request_id(client)

    answer = come_back(client, response(asked, signer.sign(assertion(asked))))

    person = User.objects.get(email="noor@example.com")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert get_user(client) == person
    assert Membership.objects.get(user=person).role == Role.ANALYST


def unsigned(asked, signer):
    return assertion(asked)


def of_another_provider(asked, signer):
    return Signer().sign(assertion(asked))


def changed_afterwards(asked, signer):
    return signer.sign(assertion(asked)).replace("noor@", "boss@")


def for_another_program(asked, signer):
    return signer.sign(assertion(asked, audience="https://other.example"))


def too_old(asked, signer):
    return signer.sign(assertion(asked, ends_s=-600))


def to_another_request(asked, signer):
    return signer.sign(assertion("_of_somebody_else"))


@pytest.mark.parametrize(
    "bent",
    [
        unsigned,
        of_another_provider,
        changed_afterwards,
        for_another_program,
        too_old,
        to_another_request,
    ],
)
def test_an_assertion_that_is_not_right_is_refused(door, client, signer, bent):
    asked = request_id(client)
    people = User.objects.count()

    answer = come_back(client, response(asked, bent(asked, signer)))

    assert answer.status_code == 401
    assert not get_user(client).is_authenticated
    assert User.objects.count() == people


def test_an_answer_that_nobody_asked_for_is_refused(door, client, signer):
    asked = request_id(Client(HTTP_HOST=HOST))

    answer = come_back(client, response(asked, signer.sign(assertion(asked))))

    assert answer.status_code == 403
    assert not get_user(client).is_authenticated


@pytest.mark.parametrize("document", ["", "x", "PHg+", "%%%"])
def test_what_is_no_answer_is_refused(door, client, document):
    assert come_back(client, document).status_code == 401


def test_the_metadata_says_who_we_are(door, client):
    text = client.get(f"{DOOR}metadata/").content.decode()

    assert f'entityID="{METADATA}"' in text
    assert f"http://{HOST}{DOOR}back/" in text


def test_without_a_configuration_there_is_no_saml(db):
    client = Client()
    assert client.get(DOOR).status_code == 404
    assert client.get(f"{DOOR}metadata/").status_code == 404


def test_half_a_configuration_fails_at_the_start(monkeypatch):
    monkeypatch.setenv("SAML_IDP_ENTITY_ID", IDP)

    with pytest.raises(ImproperlyConfigured, match="SAML_IDP_CERTIFICATE"):
        saml()
