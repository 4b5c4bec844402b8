"""Where the embedded parts keep their state: one folder, one set of names.

Everything here is a pure function of the folder's path, so that settings can name
the embedded database and broker without starting them.
"""

import base64
import hashlib
import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from modelhub.env import env_text

SOCKET_PATH_LIMIT = 85
"""A Unix socket's whole path holds 103 bytes (macOS) or 107 (Linux); the longest file
name here takes 15."""
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
"""In a database address a comma separates hosts, and clients of the broker disagree
about quoting: sockets live in a folder that needs none."""


@dataclass(frozen=True)
class Layout:
    """The files of one installation. Two checkouts have two folders and so never
    share a socket, a lock or a database."""

    var: Path

    @classmethod
    def from_environment(cls) -> "Layout":
        """The folder named by MODELHUB_VAR, else `var/` of this checkout."""
        checkout = Path(__file__).resolve().parent.parent.parent
        return cls(Path(env_text("MODELHUB_VAR", str(checkout / "var"))).resolve())

    @property
    def postgres_data(self) -> Path:
        return self.var / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.var / "valkey"

    @property
    def socket_dir(self) -> Path:
        """`var/run`, or a short folder named after it where that path is too long
        or too odd for a socket. Not TMPDIR: two shells must find the same one."""
        direct = self.var / "run"
        is_short = len(os.fsencode(direct)) <= SOCKET_PATH_LIMIT
        if is_short and PLAIN_PATH.fullmatch(str(direct)):
            return direct
        digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]
        return Path("/tmp") / f"modelhub-{digest}"  # noqa: S108  # its owner is checked

    @property
    def locks(self) -> Path:
        return self.var / "locks"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def valkey_socket(self) -> Path:
        return self.socket_dir / "valkey.sock"

    @property
    def database_url(self) -> str:
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://postgres@{host}/modelhub"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.valkey_socket}"

    @property
    def secret_key_file(self) -> Path:
        return self.var / "secret-key"

    def read_secret_key(self) -> str:
        try:
            return self.secret_key_file.read_text().strip()
        except FileNotFoundError:
            return ""

    def ensure_secret_key(self) -> None:
        """Make a key on the first start; readable by its owner only."""
        if self.read_secret_key():
            return
        self.var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(
            self.secret_key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
        )
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50) + "\n")

    @property
    def encryption_keys_file(self) -> Path:
        return self.var / "encryption-keys"

    def ensure_encryption_keys(self) -> None:
        """Make the key of stored credentials on the first start; readable by its owner
        only. Of two starts at once both use the key of the quicker one."""
        if self.encryption_keys_file.exists():
            return
        self.var.mkdir(parents=True, exist_ok=True)
        key = base64.urlsafe_b64encode(secrets.token_bytes(32))
        with tempfile.NamedTemporaryFile(dir=self.var) as file:
            file.write(key + b"\n")
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, self.encryption_keys_file)
