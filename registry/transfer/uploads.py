"""Where a file waits between its preview and its import: a private folder, under a
name nobody can guess, for at most an hour."""

import re
import time
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

NAME = re.compile(r"[0-9a-f]{32}")
MAX_AGE_SECONDS = 3600


class UploadFolder:
    """The storage that django-import-export asks for."""

    def __init__(self, *, name: str | None = None, **kwargs: Any) -> None:
        self.name = name

    def save(self, data: bytes) -> None:
        self.name = uuid.uuid4().hex
        folder = Path(settings.IMPORT_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_old(folder)
        self._path().write_bytes(data)

    def read(self) -> bytes:
        """Raises FileNotFoundError where there is no such file (any more)."""
        return self._path().read_bytes()

    def remove(self) -> None:
        self._path().unlink(missing_ok=True)

    def _path(self) -> Path:
        if not NAME.fullmatch(self.name or ""):
            raise FileNotFoundError(self.name)
        return Path(settings.IMPORT_FOLDER) / str(self.name)


def _forget_old(folder: Path) -> None:
    limit = time.time() - MAX_AGE_SECONDS
    for path in folder.iterdir():
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
