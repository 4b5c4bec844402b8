import os
import signal
import socket

import psutil
import redis
from celery import Celery

from modelhub.embedded.layout import Layout
from modelhub.embedded.sharing import is_kept
from modelhub.embedded.valkey import Valkey, embedded_broker
from tests.modelhub.embedding import eventually, hold


def server_pid(layout: Layout) -> int:
    return int((layout.valkey_data / "valkey.pid").read_text())


def test_it_runs_inside_the_block_only(layout):
    with embedded_broker(layout):
        pid = server_pid(layout)
        assert Valkey(layout).answers()

    assert not psutil.pid_exists(pid)
    assert not Valkey(layout).answers()


def test_it_listens_on_its_socket_alone(layout):
    with embedded_broker(layout):
        kinds = {
            connection.family
            for connection in psutil.Process(server_pid(layout)).net_connections("all")
        }

    assert kinds == {socket.AF_UNIX}


def test_a_broker_of_the_environment_takes_its_place(layout, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_URL", "redis://elsewhere")

    with embedded_broker(layout) as share:
        assert share is None

    assert not layout.var.exists()


def test_a_queued_task_survives_a_killed_server(layout):
    with embedded_broker(layout):
        app = Celery(broker=layout.broker_url, set_as_current=False)
        app.send_task("later", ignore_result=True)
        app.close()
        client = redis.Redis(unix_socket_path=str(layout.valkey_socket))
        # WAITAOF waits for the writes of its own connection, and so for all before.
        client.set("marker", "written after the task")
        assert client.execute_command("WAITAOF", 1, 0, 10_000)[0] == 1
        client.close()
        os.kill(server_pid(layout), signal.SIGKILL)
        assert eventually(Valkey(layout).answers)

    with (
        embedded_broker(layout),
        redis.Redis(unix_socket_path=str(layout.valkey_socket)) as again,
    ):
        assert again.llen("celery") == 1


def test_a_killed_user_leaves_nothing_running(layout):
    other = hold(layout, "broker")
    pid = server_pid(layout)

    other.kill()
    other.communicate()

    assert eventually(lambda: not psutil.pid_exists(pid))
    assert eventually(lambda: not is_kept(Valkey(layout)))


def test_an_ordinary_user_can_run_it(layout, as_nobody):
    other = hold(layout, "broker", *as_nobody)
    owner = psutil.Process(server_pid(layout)).uids().real
    other.communicate("\n")

    assert owner != 0
