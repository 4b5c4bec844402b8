"""Benchmark suites as JSON, for the command line and for files."""

from __future__ import annotations

from typing import Any

from analytics.models import BenchmarkCase, BenchmarkSuite
from analytics.queries.benchmark_suites import SuiteRow


def row_document(row: SuiteRow) -> dict[str, Any]:
    run = row.last_run
    return {
        "key": row.suite.key,
        "name": row.suite.name,
        "description": row.suite.description,
        "cases": row.case_count,
        "updated_at": row.suite.updated_at,
        "last_run": run and {"number": run.number, "state": run.state},
    }


def suite_facts(suite: BenchmarkSuite) -> dict[str, Any]:
    return {
        "key": suite.key,
        "name": suite.name,
        "description": suite.description,
        "system": suite.system,
        "parameters": suite.parameters,
        "scorers": suite.scorers,
        "pass_score": suite.pass_score,
    }


def case_facts(case: BenchmarkCase) -> dict[str, Any]:
    return {
        "key": case.key,
        "system": case.system,
        "messages": case.messages,
        "images": case.image_digests,
        "expected": case.expected,
        "rubric": case.rubric,
        "response_schema": case.response_schema,
        "scorers": case.scorers,
        "tags": case.tags,
        "weight": case.weight,
        "digest": case.digest,
    }
