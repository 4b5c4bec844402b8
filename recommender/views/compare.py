"""Models side by side: the page, its downloads, and what the search box suggests."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from modelhub.htmx import is_fragment, render_page
from recommender.charts import cost_against_context
from recommender.comparing import Comparison
from recommender.comparison import MOST_MODELS
from recommender.exports_comparison import comparison_csv, comparison_markdown
from recommender.forms.comparison import ComparisonForm, query_of
from recommender.queries.comparison import Line, line_up, suggestions
from recommender.queries.rows import now
from recommender.words_comparison import (
    chart_points,
    chart_words,
    reading,
    volume_words,
)
from registry.access import OrganizationRequest, member_required

PAGE = "recommender/compare.html"
RESULTS = "recommender/_compare_results.html"
TARGET = "compare-results"
FEWEST = 2


@require_GET
@member_required
def compare(request: OrganizationRequest) -> HttpResponse:
    """Two to six models in every category, at one volume."""
    form = ComparisonForm(request.GET)
    comparison, line = _compared(request, form)
    canonical = _address("recommender:compare", comparison)
    # A reference that was typed belongs into the address like any other.
    is_whole = not is_fragment(request, TARGET)
    if is_whole and form.data.get("add") and not form.errors and not line.unknown:
        return redirect(canonical)
    context = _page_context(comparison, line, form)
    if len(comparison.subjects) < FEWEST:
        context["suggested"] = _options(request, form, "")
    status = _status(request, form, comparison, line)
    response = render_page(request, PAGE, RESULTS, TARGET, context, status)
    if is_fragment(request, TARGET):
        response["HX-Push-Url"] = canonical
    return response


@require_GET
@member_required
def compare_suggestions(request: OrganizationRequest) -> HttpResponse:
    """Models to add for the words typed so far, each a link that adds it."""
    form = ComparisonForm(request.GET)
    words = form.cleaned_data.get("add", "")
    context = {
        "words": words,
        "is_full": len(form.cleaned_data.get("m", [])) >= MOST_MODELS,
        "options": _options(request, form, words),
    }
    return render(request, "recommender/_compare_suggestions.html", context)


@require_GET
@member_required
def compare_csv(request: OrganizationRequest) -> HttpResponse:
    return _download(request, "csv", "text/csv; charset=utf-8")


@require_GET
@member_required
def compare_markdown(request: OrganizationRequest) -> HttpResponse:
    return _download(request, "md", "text/markdown; charset=utf-8")


def _options(
    request: OrganizationRequest, form: ComparisonForm, words: str
) -> list[dict[str, Any]]:
    """Models that could be added, each with the query of the page that has it."""
    asked = form.to_request()
    references = form.cleaned_data.get("m", [])
    return [
        {"ai_model": model, "query": query_of(asked, [*references, model.reference])}
        for model in suggestions(request.organization, words, references)
    ]


def _download(
    request: OrganizationRequest, kind: str, content_type: str
) -> HttpResponse:
    form = ComparisonForm(request.GET)
    comparison, line = _compared(request, form)
    problem = " ".join(
        f"{form[name].label}: {error.messages[0]}"
        for name, errors in form.errors.as_data().items()
        for error in errors
    )
    if not comparison.subjects:
        said = " ".join(note.text for note in line.notes)
        problem = problem or said or "No model was named."
    if problem:
        return render(request, "400.html", {"exception": problem}, status=400)
    link = request.build_absolute_uri(_address("recommender:compare", comparison))
    write = comparison_csv if kind == "csv" else comparison_markdown
    response = HttpResponse(write(comparison, link), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="comparison.{kind}"'
    return response


def _compared(
    request: OrganizationRequest, form: ComparisonForm
) -> tuple[Comparison, Line]:
    asked = form.to_request()
    line = line_up(request.organization, asked.references, now())
    return Comparison(asked, line.subjects), line


def _status(
    request: HttpRequest, form: ComparisonForm, comparison: Comparison, line: Line
) -> int:
    if form.errors:
        return 422
    if line.unknown and not comparison.subjects:
        return 422 if is_fragment(request, TARGET) else 404
    return 200


def _address(name: str, comparison: Comparison) -> str:
    query = query_of(comparison.request, comparison.references)
    return f"{reverse(name)}?{query}" if query else reverse(name)


def _page_context(
    comparison: Comparison, line: Line, form: ComparisonForm
) -> dict[str, Any]:
    request, references = comparison.request, comparison.references
    columns = [
        {
            "subject": subject,
            "without": query_of(
                request, [name for name in references if name != subject.reference]
            ),
        }
        for subject in comparison.subjects
    ]
    return {
        "comparison": comparison,
        "categories": comparison.shown if comparison.subjects else [],
        "columns": columns,
        "form": form,
        "notes": line.notes,
        "volume": volume_words(request),
        "reading": reading(comparison),
        "figure": cost_against_context(comparison) if comparison.subjects else None,
        "drawn": [reference for reference, _, _ in chart_points(comparison)],
        "figure_words": chart_words(comparison) if comparison.subjects else [],
        "query": query_of(request, references),
        "toggled_query": query_of(request, references, toggle=True),
        "is_full": len(references) >= MOST_MODELS,
        "width": len(references) + 1,
    }
