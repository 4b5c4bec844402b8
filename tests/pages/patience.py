"""People wait until a page stands still; Playwright acts within a millisecond, before a
fresh page or a swapped fragment listens. With this it waits for both, as people do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import wraps
from typing import Any, Final
from unittest.mock import patch

from playwright.sync_api import Error, Locator, Page

ACTIONS: Final = (
    "check",
    "click",
    "fill",
    "press",
    "press_sequentially",
    "select_option",
    "set_checked",
    "uncheck",
)
STANDS_STILL: Final = """() => document.readyState === "complete" &&
    !document.querySelector(".htmx-swapping, .htmx-settling, .htmx-added")"""
SHOWS_ALL: Final = f"""() => ({STANDS_STILL})() &&
    !document.querySelector(".htmx-request")"""
PATIENCE_MS: Final = 5_000


def wait_until_it_shows_all(page: Page) -> None:
    """Loaded, its charts drawn, with nothing asked for. Quicker than to wait for
    half a second in which the network is silent."""
    page.wait_for_function(SHOWS_ALL, timeout=15_000)


@contextmanager
def patient_people() -> Iterator[None]:
    """Whatever is done to a page within is done when it stands still, or after a few
    seconds all the same: a page may be busy for good reason."""
    with ExitStack() as stack:
        for name in ACTIONS:
            waiting = _waiting(getattr(Locator, name))
            stack.enter_context(patch.object(Locator, name, waiting))
        yield


def _waiting(action: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(action)
    def waiting(self: Locator, *args: Any, **kwargs: Any) -> Any:
        # A page that is just left cannot be asked; the action waits for the next.
        with suppress(Error):
            self.page.wait_for_function(STANDS_STILL, timeout=PATIENCE_MS)
        return action(self, *args, **kwargs)

    return waiting
