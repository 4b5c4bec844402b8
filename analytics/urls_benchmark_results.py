"""Addresses of what came of benchmark runs."""

from django.urls import path, re_path

from analytics.views import benchmark_cases as cases
from analytics.views import benchmark_results as results
from analytics.views import benchmark_sharing as sharing
from analytics.views.benchmark_verdicts import benchmark_verdict

urlpatterns = [
    path(
        "benchmarks/runs/<int:number>/results/",
        results.benchmark_results,
        name="benchmark_results",
    ),
    path(
        "benchmarks/runs/<int:number>/compare/",
        results.benchmark_compare,
        name="benchmark_compare",
    ),
    path(
        "benchmarks/runs/<int:number>/drift/",
        results.benchmark_drift,
        name="benchmark_drift",
    ),
    path(
        "benchmarks/runs/<int:number>/cases/",
        cases.benchmark_cases,
        name="benchmark_cases",
    ),
    path(
        "benchmarks/runs/<int:number>/cases/<int:pk>/",
        cases.benchmark_case,
        name="benchmark_case",
    ),
    path(
        "benchmarks/runs/<int:number>/answers/<int:pk>/verdict/",
        benchmark_verdict,
        name="benchmark_verdict",
    ),
    re_path(
        r"^benchmarks/runs/(?P<number>\d{1,9})/download\.(?P<extension>csv|json)$",
        cases.benchmark_download,
        name="benchmark_download",
    ),
    path(
        "benchmarks/runs/<int:number>/share/",
        sharing.benchmark_share,
        name="benchmark_share",
    ),
    path(
        "benchmarks/runs/<int:number>/share/withdraw/",
        sharing.benchmark_unshare,
        name="benchmark_unshare",
    ),
    path(
        "benchmarks/shared/<uuid:share_key>/",
        sharing.benchmark_shared,
        name="benchmark_shared",
    ),
]
