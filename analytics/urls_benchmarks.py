"""Addresses of benchmarks; they belong to the names of `analytics`."""

from django.urls import include, path, re_path

from analytics.views import benchmark_files as files
from analytics.views import benchmark_runs as runs
from analytics.views import benchmark_samples as samples
from analytics.views import benchmark_schedules as schedules
from analytics.views import benchmark_suites as suites
from analytics.views import suite_cases as cases
from analytics.views import suite_forms

urlpatterns = [
    path("", include("analytics.urls_benchmark_results")),
    path("benchmarks/", suites.benchmark_list, name="benchmark_list"),
    path(
        "benchmarks/suites/new/",
        suite_forms.suite_create,
        name="benchmark_suite_create",
    ),
    path(
        "benchmarks/suites/<slug:key>/",
        suites.suite_show,
        name="benchmark_suite",
    ),
    path(
        "benchmarks/suites/<slug:key>/edit/",
        suite_forms.suite_edit,
        name="benchmark_suite_edit",
    ),
    path(
        "benchmarks/suites/<slug:key>/copy/",
        suites.suite_copy,
        name="benchmark_suite_copy",
    ),
    path(
        "benchmarks/suites/<slug:key>/archive/",
        suites.suite_archive,
        name="benchmark_suite_archive",
    ),
    path(
        "benchmarks/suites/<slug:key>/restore/",
        suites.suite_restore,
        name="benchmark_suite_restore",
    ),
    path(
        "benchmarks/suites/<slug:key>/undo/<int:entry_id>/",
        suites.suite_undo,
        name="benchmark_suite_undo",
    ),
    path(
        "benchmarks/schedules/",
        schedules.benchmark_schedule_list,
        name="benchmark_schedule_list",
    ),
    path(
        "benchmarks/schedules/new/",
        schedules.benchmark_schedule_create,
        name="benchmark_schedule_create",
    ),
    path(
        "benchmarks/schedules/<int:pk>/switch/",
        schedules.benchmark_schedule_switch,
        name="benchmark_schedule_switch",
    ),
    path(
        "benchmarks/schedules/<int:pk>/delete/",
        schedules.benchmark_schedule_delete,
        name="benchmark_schedule_delete",
    ),
    path("benchmarks/runs/new/", runs.benchmark_run_new, name="benchmark_run_new"),
    path("benchmarks/runs/<int:number>/", runs.benchmark_run, name="benchmark_run"),
    path(
        "benchmarks/runs/<int:number>/progress/",
        runs.benchmark_run_progress,
        name="benchmark_run_progress",
    ),
    path(
        "benchmarks/runs/<int:number>/pause/",
        runs.benchmark_run_pause,
        name="benchmark_run_pause",
    ),
    path(
        "benchmarks/runs/<int:number>/resume/",
        runs.benchmark_run_resume,
        name="benchmark_run_resume",
    ),
    path(
        "benchmarks/runs/<int:number>/cancel/",
        runs.benchmark_run_cancel,
        name="benchmark_run_cancel",
    ),
    path(
        "benchmarks/suites/<slug:key>/cases/new/",
        cases.case_create,
        name="benchmark_case_create",
    ),
    path(
        "benchmarks/suites/<slug:key>/cases/<int:pk>/",
        cases.case_edit,
        name="benchmark_case_edit",
    ),
    path(
        "benchmarks/suites/<slug:key>/cases/<int:pk>/remove/",
        cases.case_remove,
        name="benchmark_case_remove",
    ),
    path(
        "benchmarks/suites/<slug:key>/cases/<int:pk>/restore/",
        cases.case_restore,
        name="benchmark_case_restore",
    ),
    path(
        "benchmarks/suites/<slug:key>/cases/<int:pk>/move/",
        cases.case_move,
        name="benchmark_case_move",
    ),
    path(
        "benchmarks/suites/<slug:key>/sample/", samples.sample, name="benchmark_sample"
    ),
    re_path(
        r"^benchmarks/suites/(?P<key>[-\w]+)/export\.(?P<kind>jsonl|csv|yaml)$",
        files.suite_export,
        name="benchmark_suite_export",
    ),
    path("benchmarks/images/<slug:digest>/", cases.image_show, name="benchmark_image"),
    path("benchmarks/install/", files.shipped_install, name="benchmark_install"),
    path("benchmarks/import/", files.import_new, name="benchmark_import_new"),
    path("benchmarks/import/<uuid:key>/", files.import_show, name="benchmark_import"),
    path(
        "benchmarks/import/<uuid:key>/keep/",
        files.import_keep,
        name="benchmark_import_keep",
    ),
    path(
        "benchmarks/import/<uuid:key>/undo/",
        files.import_undo,
        name="benchmark_import_undo",
    ),
]
