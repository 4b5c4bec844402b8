"""For machines that watch: `/healthz` (the process answers), `/readyz` (it can serve)
and `/metrics` (numbers, modelhub.metrics). Answered before anything else, so that no
host name, no session and no dead database stands in the way of an answer."""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from modelhub.failures import reason_of
from registry.resolution.source import snapshot_source

OK = "ok"
FIXED = "fixed at start"
BROKER_SECONDS = 2

Answer = Callable[[HttpRequest], HttpResponse]
Probe = Callable[[HttpRequest], HttpResponse]
AsyncAnswer = Callable[[HttpRequest], Awaitable[HttpResponse]]


@sync_and_async_middleware
def operations_middleware(get_response: Answer | AsyncAnswer) -> Answer | AsyncAnswer:
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponse:
            view = VIEWS.get(request.path_info)
            if view is None:
                response: HttpResponse = await get_response(request)
                return response
            return await sync_to_async(answer_probe)(request, view)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponse:
        view = VIEWS.get(request.path_info)
        if view is not None:
            return answer_probe(request, view)
        response: HttpResponse = get_response(request)  # type: ignore[assignment]  # not awaitable here
        return response

    return answer


def answer_probe(request: HttpRequest, view: Probe) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    response = view(request)
    response["Cache-Control"] = "no-store"
    return response


def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": OK})


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, migrations, broker and, where this process serves the gateway,
    its snapshot are in order, else 503."""
    database = check_database()
    checks = {
        "database": database,
        "migrations": check_migrations() if database == OK else "not checked",
        "broker": check_broker(),
        **check_snapshot(),
    }
    is_ready = all(result == OK for result in checks.values())
    status = OK if is_ready else "unavailable"
    document: dict[str, object] = {"status": status, "checks": checks}
    if "current" in vars(snapshot_source()):
        document["snapshot"] = snapshot_facts()
    if not settings.MODELHUB_HOT_SWITCHING:
        document["configuration"] = FIXED
    return JsonResponse(document, status=200 if is_ready else 503)


def check_database() -> str:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        return reason_of(error)
    return OK


def check_migrations() -> str:
    missing = missing_migrations()
    return f"{missing} to apply" if missing else OK


def missing_migrations() -> int:
    """How many migrations the database has not seen yet."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def check_broker() -> str:
    url = settings.CELERY_BROKER_URL
    try:
        # kombu is untyped.
        with Connection(url, connect_timeout=BROKER_SECONDS) as connection:  # type: ignore[no-untyped-call]
            connection.ensure_connection(max_retries=1, interval_start=0)
    except (OperationalError, OSError) as error:
        return reason_of(error)
    return OK


def check_snapshot() -> dict[str, str]:
    """Nothing for a process that serves no gateway."""
    source = snapshot_source()
    if source.is_listening:
        return {"snapshot": OK}
    if source.problem:
        return {"snapshot": f"changes do not arrive: {source.problem}"}
    return {}


def snapshot_facts() -> dict[str, object]:
    """What this process serves, and for how long."""
    current = snapshot_source().current
    age = timezone.now() - current.loaded_at
    return {
        "version": current.version,
        "age_seconds": round(age.total_seconds(), 1),
        "is_current": snapshot_source().is_listening,
    }


def metrics(request: HttpRequest) -> HttpResponse:
    # Not with this module: it needs models, and middleware is imported before them.
    from modelhub.metrics import metrics as answer

    return answer(request)


VIEWS: dict[str, Probe] = {
    "/healthz": healthz,
    "/readyz": readyz,
    "/metrics": metrics,
}
