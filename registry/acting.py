"""The name under which changes are noted. A door that knows better than "system" says
so once, and no service has to pass it on."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from registry.models import User

SYSTEM: Final = "system"

_program: ContextVar[str] = ContextVar("program", default="")


def act_as(label: str) -> None:
    """Changes of this request that no person makes are noted as `label`'s; empty: as
    the system's."""
    _program.set(label)


def actor_name(actor: User | None, label: str = "") -> str:
    """`label` if there is one, else the person's email, else the program of this
    request, else `system`."""
    return label or (actor.email if actor else _program.get() or SYSTEM)
