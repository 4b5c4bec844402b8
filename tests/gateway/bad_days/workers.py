"""Two workers at one port, and a way to ask each of them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpx
import psutil

from tests.gateway.site import GatewaySite

READY_S = 60
AT_ONCE = 6


def servers(site: GatewaySite) -> set[int]:
    """The processes that listen at the site's port, without their supervisor."""
    parent = psutil.Process(site.process.pid)
    found = set()
    for child in parent.children():
        with suppress(psutil.Error):
            if "spawn_main" in " ".join(child.cmdline()):
                found.add(child.pid)
    return found


class Workers:
    """A client with one kept connection for each of the workers."""

    def __init__(self, site: GatewaySite) -> None:
        self.site = site
        self.clients: dict[int, httpx.Client] = {}

    def meet(self, count: int = 2) -> dict[int, httpx.Client]:
        """Connect until so many workers have answered, by process id."""
        until = time.monotonic() + READY_S
        self._forget_the_gone()
        while len(self.clients) < count:
            assert time.monotonic() < until, "A worker does not answer."
            with self._met_ones_paused():
                self._meet_some()
            self._forget_the_gone()
        return dict(self.clients)

    def _forget_the_gone(self) -> None:
        for gone in set(self.clients) - servers(self.site):
            self.clients.pop(gone).close()

    @contextmanager
    def _met_ones_paused(self) -> Iterator[None]:
        """So that only who was not met yet can answer: one idle worker may take all.

        The supervisor replaces a worker that stands still for long, so a paused
        one may be gone when it is to go on.
        """
        paused = list(self.clients)
        for pid in paused:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in paused:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _meet_some(self) -> None:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            met = list(threads.map(self._connect, range(AT_ONCE)))
        for pid, client in met:
            if pid and pid not in self.clients:
                self.clients[pid] = client
            else:
                client.close()

    def _connect(self, _: int) -> tuple[int, httpx.Client]:
        """A client and the process that answered it; 0 where nobody did."""
        headers = {"authorization": f"Bearer {self.site.token}"}
        client = httpx.Client(base_url=self.site.url, headers=headers, timeout=10)
        try:
            answer = client.get("/v1/models")
        except httpx.TransportError:
            return 0, client
        if answer.status_code != 200:
            return 0, client
        port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
        return self._who_serves(port), client

    def _who_serves(self, port: int) -> int:
        for pid in servers(self.site):
            with suppress(psutil.Error):
                for one in psutil.Process(pid).net_connections("tcp4"):
                    if one.raddr and one.raddr.port == port:
                        return pid
        return 0

    def kill(self, pid: int) -> None:
        """Kill a worker, and come back when it serves no more."""
        os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + READY_S
        while pid in servers(self.site):
            assert time.monotonic() < until, "A killed worker goes on."
            time.sleep(0.02)

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        self.clients.clear()

    def restart(self) -> None:
        self.close()
        self.site.stop()
        self.site.start()
