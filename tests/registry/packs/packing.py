"""Arranging packs, for tests."""

from registry.models import Organization, PackVersion
from registry.packs.document import PackDocument, PackFeature
from registry.services.packs import add_version, create_pack
from tests.factories import ConnectionFactory, FeatureFactory, enabled_model


def entry(key, model, *fallbacks, **more) -> PackFeature:
    return PackFeature(key, model, fallbacks, **more)


def document(*entries: PackFeature, slug="mixed-pack", **more) -> PackDocument:
    return PackDocument(slug.capitalize(), slug, features=entries, **more)


def packed(
    organization: Organization, *entries: PackFeature, slug="mixed-pack"
) -> PackVersion:
    """The first version of a pack with these entries."""
    return create_pack(
        organization=organization, document=document(*entries, slug=slug), actor=None
    )


def repacked(version: PackVersion, *entries: PackFeature) -> PackVersion:
    """The next version of the same pack."""
    return add_version(
        pack=version.pack,
        document=document(*entries, slug=version.pack.slug),
        expected_number=version.number,
        actor=None,
    ).version


def served(organization: Organization, *names: str):
    """Enabled models of OpenAI, with a connection through which they can be called."""
    models = [enabled_model(organization, model_name=name) for name in names]
    ConnectionFactory(organization=organization, provider=models[0].provider)
    return models


def features(organization: Organization, *keys: str):
    return [FeatureFactory(organization=organization, key=key) for key in keys]
