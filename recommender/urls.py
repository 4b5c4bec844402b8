from django.urls import include, path

from recommender.views import (
    calculator,
    compare,
    playground,
    playground_cases,
    playground_runs,
)

app_name = "recommender"
urlpatterns = [
    path("recommendations/", include("recommender.urls_recommendations")),
    path("experiments/", include("recommender.urls_experiments")),
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
    path("playground/", playground.playground, name="playground"),
    path("playground/start/", playground.playground_start, name="playground_start"),
    path(
        "playground/preview/", playground.playground_preview, name="playground_preview"
    ),
    path("playground/models/", playground.playground_models, name="playground_models"),
    path(
        "playground/history/", playground.playground_history, name="playground_history"
    ),
    path("playground/votes/", playground.playground_votes, name="playground_votes"),
    path(
        "playground/runs/<uuid:run_id>/",
        playground_runs.playground_run,
        name="playground_run",
    ),
    path(
        "playground/runs/<uuid:run_id>/vote/",
        playground_runs.playground_vote,
        name="playground_vote",
    ),
    path(
        "playground/runs/<uuid:run_id>/names/",
        playground_runs.playground_reveal,
        name="playground_reveal",
    ),
    path(
        "playground/runs/<uuid:run_id>/again/",
        playground_runs.playground_again,
        name="playground_again",
    ),
    path(
        "playground/runs/<uuid:run_id>/share/",
        playground_runs.playground_share,
        name="playground_share",
    ),
    path(
        "playground/runs/<uuid:run_id>/diff/",
        playground_runs.playground_diff,
        name="playground_diff",
    ),
    path(
        "playground/answers/<uuid:answer_id>/rate/",
        playground_runs.answer_rate,
        name="answer_rate",
    ),
    path(
        "playground/answers/<uuid:answer_id>/again/",
        playground_runs.answer_again,
        name="answer_again",
    ),
    path(
        "playground/answers/<uuid:answer_id>/code/",
        playground_runs.answer_code,
        name="answer_code",
    ),
    path(
        "playground/answers/<uuid:answer_id>/case/",
        playground_cases.answer_case,
        name="answer_case",
    ),
    path(
        "playground/images/<str:digest>/",
        playground_runs.playground_image,
        name="playground_image",
    ),
    path(
        "playground/shared/<str:key>/",
        playground_runs.playground_shared,
        name="playground_shared",
    ),
]
