from registry.models import AIModel, ModelAlias, Price
from tests.factories import AIModelFactory


def test_the_fixture_brings_the_whole_catalogue(full_catalog):
    assert AIModel.objects.count() >= 2300
    assert Price.objects.count() >= AIModel.objects.count()
    assert ModelAlias.objects.exists()


def test_rows_can_be_added_beside_it(full_catalog):
    assert AIModelFactory(model_name="mine").pk


def test_the_next_test_starts_empty(db):
    assert not AIModel.objects.exists()
