"""A suite as a file."""

from __future__ import annotations

from analytics.benchmarking.images import data_address
from analytics.benchmarking.suite_writing import case_document, suite_text
from analytics.models import BenchmarkImage, BenchmarkSuite
from analytics.services.benchmark_cases import content_of, living_cases


def exported(suite: BenchmarkSuite, kind: str) -> str:
    """The text of a file with all cases in their order; `kind` is a key of FORMATS."""
    contents = [
        (case.key, content_of(case))
        for case in living_cases(suite).order_by("position", "pk")
    ]
    wanted = {digest for _, content in contents for digest in content.images}
    images = BenchmarkImage.objects.filter(
        organization_id=suite.organization_id, digest__in=wanted
    )
    addresses = {
        one.digest: data_address(one.media_type, bytes(one.data)) for one in images
    }
    cases = [case_document(key, content, addresses) for key, content in contents]
    return suite_text(_head(suite), cases, kind)


def _head(suite: BenchmarkSuite) -> dict[str, object]:
    return {
        "suite": suite.key,
        "name": suite.name,
        "description": suite.description,
        "system": suite.system,
        "parameters": suite.parameters,
        "scorers": suite.scorers,
        "pass_score": suite.pass_score,
    }
