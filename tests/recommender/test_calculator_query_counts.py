"""The number of queries does not grow with models, features or the catalogue."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import FeatureFactory, enabled_model
from tests.recommender.test_calculator_answers import assign

FRAGMENT = {"HX-Request": "true", "HX-Target": "calculator-results"}


def fill(organization, count):
    for _ in range(count):
        ai_model = enabled_model(organization, capabilities=["image_analysis"])
        assign(FeatureFactory(organization=organization), ai_model)


def queries(client, query, headers):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get("/calculator/", query, headers=headers)
    return len(captured)


@pytest.mark.parametrize("headers", [{}, FRAGMENT])
@pytest.mark.parametrize(
    "query", [{}, {"scope": "all"}, {"mode": "images"}, {"base": "openai/gone"}]
)
def test_queries_stay_the_same_with_ten_times_the_rows(
    editor, organization, query, headers
):
    fill(organization, 2)
    few = queries(editor, query, headers)

    fill(organization, 20)

    assert queries(editor, query, headers) == few
