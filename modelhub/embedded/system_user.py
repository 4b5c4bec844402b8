"""Who an embedded server runs as, and what that user must be able to reach.

PostgreSQL refuses to run as root. Started by root it runs as a system user of its own,
or as whoever already owns the data; started by anybody else it runs as that person.
"""

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from modelhub.embedded.failure import EmbeddedError

SYSTEM_USER = "embedded_postgres"


@dataclass(frozen=True)
class ServerUser:
    uid: int
    gid: int


def server_user(data: Path) -> ServerUser | None:
    """The user to change to for serving `data`; None where nothing is to change."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return ServerUser(owner.st_uid, owner.st_gid)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        entry = add_system_user()
    return ServerUser(entry.pw_uid, entry.pw_gid)


def add_system_user() -> pwd.struct_passwd:
    command = ["useradd", "--system", "--no-create-home", "--user-group", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        message = (
            "PostgreSQL does not run as root, and the system user "
            f"{SYSTEM_USER} cannot be added; add it, start as an ordinary user, "
            "or set DATABASE_URL."
        )
        raise EmbeddedError(message) from error
    return pwd.getpwnam(SYSTEM_USER)


def private_folder(folder: Path, user: ServerUser | None) -> None:
    """Make `folder` with access for its user only.

    Raises EmbeddedError where somebody else got there first: names in a shared folder
    can be guessed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    expected = {os.geteuid(), user.uid if user else os.geteuid()}
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in expected:
        message = f"{folder} belongs to another user; start as its owner or remove it."
        raise EmbeddedError(message)
    if stat.S_IMODE(status.st_mode) != 0o700:
        folder.chmod(0o700)
    if user and status.st_uid != user.uid:
        os.chown(folder, user.uid, user.gid)


def make_reachable(path: Path, user: ServerUser | None) -> None:
    """Let `user` pass through the folders above `path`: pass, not list them."""
    if user is None:
        return
    for folder in path.parents:
        status = folder.stat()
        if not may_pass(status, user):
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)


def may_pass(status: os.stat_result, user: ServerUser) -> bool:
    if status.st_uid == user.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def make_readable(program: Path, folder: Path, user: ServerUser | None) -> None:
    """Undo a strict umask at installation, which hides the program from its user."""
    make_reachable(program, user)
    if user is None or program.stat().st_mode & stat.S_IXOTH:
        return
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
