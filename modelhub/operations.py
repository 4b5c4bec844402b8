"""For machines that watch: `/healthz` (the process answers) and `/readyz` (it can
serve). Answered before anything else, so that neither a host name, nor a session, nor a
dead database stands in the way of an answer."""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.decorators import sync_and_async_middleware
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from modelhub.failures import reason_of

OK = "ok"
FIXED = "fixed at start"
BROKER_SECONDS = 2

Answer = Callable[[HttpRequest], HttpResponse]
Probe = Callable[[], HttpResponse]
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


def answer_probe(
    request: HttpRequest, view: Callable[[], HttpResponse]
) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    response = view()
    response["Cache-Control"] = "no-store"
    return response


def healthz() -> HttpResponse:
    return JsonResponse({"status": OK})


def readyz() -> HttpResponse:
    """200 when database, migrations and broker are in order, else 503."""
    database = check_database()
    checks = {
        "database": database,
        "migrations": check_migrations() if database == OK else "not checked",
        "broker": check_broker(),
    }
    is_ready = all(result == OK for result in checks.values())
    status = OK if is_ready else "unavailable"
    document: dict[str, object] = {"status": status, "checks": checks}
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


VIEWS = {"/healthz": healthz, "/readyz": readyz}
