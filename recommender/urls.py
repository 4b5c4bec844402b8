from django.urls import path

from recommender.views import calculator, compare

app_name = "recommender"
urlpatterns = [
    path("compare/", compare.compare, name="compare"),
    path(
        "compare/suggestions/", compare.compare_suggestions, name="compare_suggestions"
    ),
    path("compare/export.csv", compare.compare_csv, name="compare_csv"),
    path("compare/export.md", compare.compare_markdown, name="compare_markdown"),
    path("calculator/", calculator.calculator, name="calculator"),
    path("calculator/models/", calculator.calculator_models, name="calculator_models"),
    path("calculator/csv/", calculator.calculator_csv, name="calculator_csv"),
    path(
        "calculator/markdown/",
        calculator.calculator_markdown,
        name="calculator_markdown",
    ),
]
