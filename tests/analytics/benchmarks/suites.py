"""Suites and cases for tests."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from analytics.benchmarking.case_content import CaseContent, asked
from analytics.models import BenchmarkCase, BenchmarkSuite
from analytics.services.benchmark_cases import add_case
from analytics.services.benchmark_suites import create_suite
from registry.models import Organization


def make_suite(
    organization: Organization, name: str = "Support replies", **facts: Any
) -> BenchmarkSuite:
    return create_suite(organization=organization, name=name, actor=None, **facts)


def make_case(
    suite: BenchmarkSuite, prompt: str = "What is 2 + 2?", key: str = "", **facts: Any
) -> BenchmarkCase:
    content: CaseContent = asked(prompt, **facts)
    return add_case(suite=suite, content=content, key=key, actor=None)


def png(
    width: int = 8, height: int = 6, color: str = "red", kind: str = "PNG"
) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), color).save(kept, kind)
    return kept.getvalue()
