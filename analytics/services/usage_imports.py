"""Uploaded usage files: kept, looked at, started, and read by a worker.

The row is the truth (law 15): a worker claims it by a guarded update, and each batch
moves its position on in the transaction of the batch, by compare and set. Who was
killed is followed by another, who goes on behind the last batch."""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from celery import current_app
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics.import_progress import reject_line, tally_facts, tally_from
from analytics.intake.files import start_of
from analytics.intake.formats import BY_KEY, Layout, NotRecognised, recognise
from analytics.models import ImportState, UsageImport
from analytics.services.intake_runs import Reject, Tally
from analytics.services.planner_statistics import refresh_statistics
from analytics.services.usage_files import Preview, preview, read_file
from registry.audit import record_change
from registry.models import Organization, User

TASK: Final = "analytics.tasks.import_usage"
SILENT_FOR: Final = datetime.timedelta(minutes=2)
"""A worker that gave no sign for so long is gone."""
SPELL_S: Final = 300.0
"""A long file is read in spells, each well within a task's time limit."""
DRAFT_FOR: Final = datetime.timedelta(days=1)


class _Pause(Exception):
    """The spell is over; the rest waits for the next."""


class _Lost(Exception):
    """Another worker has moved the position on: this one is late."""


def file_of(one: UsageImport) -> Path:
    return Path(settings.USAGE_IMPORT_FOLDER) / one.key.hex


def rejects_of(one: UsageImport) -> Path:
    return file_of(one).with_suffix(".rejects.jsonl")


def keep_upload(
    *, organization: Organization, actor: User, upload: UploadedFile[bytes]
) -> UsageImport:
    """Store a file as a draft that nothing is done with yet. Raises NotRecognised for
    an empty one."""
    if not upload.size:
        raise NotRecognised("The file is empty.")
    one = UsageImport(
        organization=organization,
        key=uuid.uuid4(),
        file_name=Path(upload.name or "file").name[:200],
        size_bytes=upload.size,
        created_by=actor,
    )
    path = file_of(one)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as file:
        for piece in upload.chunks():
            file.write(piece)
    one.save()
    return one


def layout_of(one: UsageImport, file: BinaryIO) -> Layout:
    """How the file is read, as far as somebody said so. Raises NotRecognised."""
    return recognise(
        start_of(file),
        key=one.format if one.format in BY_KEY else "",
        delimiter=one.delimiter,
        encoding=one.encoding,
        renamed=one.renamed.items(),
    )


def preview_of(one: UsageImport) -> Preview:
    """Raises NotRecognised; OSError where the file is gone."""
    with file_of(one).open("rb") as file:
        return preview(one.organization, layout_of(one, file), file)


def set_reading(one: UsageImport, facts: Mapping[str, Any]) -> None:
    """Keep how a draft is to be read: `format`, `delimiter`, `encoding`, `renamed`."""
    UsageImport.objects.filter(pk=one.pk, state=ImportState.DRAFT).update(**facts)
    one.refresh_from_db()


@transaction.atomic
def start_import(one: UsageImport, *, actor: User) -> bool:
    """Hand a draft to the workers; False where that was done already."""
    started = UsageImport.objects.filter(pk=one.pk, state=ImportState.DRAFT).update(
        state=ImportState.WAITING
    )
    if not started:
        return False
    record_change(
        organization=one.organization,
        actor=actor,
        action="usage.imported",
        target=one,
        before=None,
        after={"file": one.file_name, "size_bytes": one.size_bytes},
    )
    transaction.on_commit(wake_worker)
    return True


def wake_worker() -> None:
    """Where the queue does not answer, the minute's sweep finds what waits."""
    try:
        current_app.send_task(TASK, retry=False)
    except (OperationalError, OSError):
        return


def sweep(now: datetime.datetime) -> None:
    """Imports whose worker is gone wait again; drafts of yesterday are deleted."""
    UsageImport.objects.filter(
        state=ImportState.RUNNING, seen_at__lt=now - SILENT_FOR
    ).update(state=ImportState.WAITING)
    old = UsageImport.objects.filter(
        state=ImportState.DRAFT, created_at__lt=now - DRAFT_FOR
    )
    for one in old:
        file_of(one).unlink(missing_ok=True)
        one.delete()


def claim() -> UsageImport | None:
    """The oldest that waits, for this worker alone."""
    for one in UsageImport.objects.filter(state=ImportState.WAITING).order_by("pk"):
        claimed = UsageImport.objects.filter(
            pk=one.pk, state=ImportState.WAITING
        ).update(state=ImportState.RUNNING, seen_at=timezone.now())
        if claimed:
            one.refresh_from_db()
            return one
    return None


def perform(one: UsageImport, spell_s: float = SPELL_S) -> bool:
    """Read a claimed file from where it was. False where the spell ended before."""
    worker = _Worker(one, time.monotonic() + spell_s)
    try:
        with file_of(one).open("rb") as file:
            tally = worker.read(file)
    except _Lost:
        return True
    except _Pause:
        UsageImport.objects.filter(pk=one.pk, state=ImportState.RUNNING).update(
            state=ImportState.WAITING
        )
        return False
    except NotRecognised as error:
        _end(one, ImportState.FAILED, str(error))
    except OSError as error:
        _end(one, ImportState.FAILED, f"The stored file is gone: {error.strerror}.")
    else:
        # A file that nobody reads any more is not kept; what was refused is.
        file_of(one).unlink(missing_ok=True)
        refresh_statistics()
        state = ImportState.FAILED if tally.cut else ImportState.DONE
        _end(one, state, tally.cut)
    return True


def _end(one: UsageImport, state: ImportState, problem: str) -> None:
    UsageImport.objects.filter(pk=one.pk, state=ImportState.RUNNING).update(
        state=state, problem=problem, finished_at=timezone.now()
    )


class _Worker:
    """Reads one file and keeps its row up to date."""

    def __init__(self, one: UsageImport, until: float) -> None:
        self.one = one
        self.until = until
        self.line = int(one.count("line"))
        self.rejects = rejects_of(one)

    def read(self, file: BinaryIO) -> Tally:
        with self.rejects.open("ab") as kept:
            # Lines told after the last batch that counts are told again.
            kept.truncate(self.one.rejects_bytes)
        return read_file(
            self.one.organization,
            layout_of(self.one, file),
            file,
            file_name=self.one.file_name,
            on_reject=self.note,
            on_batch=self.move,
            after_batch=self.pause,
            tally=tally_from(self.one.progress) if self.one.progress else None,
        )

    def note(self, reject: Reject) -> None:
        with self.rejects.open("a", encoding="utf-8") as file:
            file.write(reject_line(reject))

    def move(self, tally: Tally) -> None:
        mine = UsageImport.objects.filter(pk=self.one.pk, state=ImportState.RUNNING)
        if self.line:
            mine = mine.filter(progress__line=self.line)
        moved = mine.update(
            progress=tally_facts(tally),
            rejects_bytes=self.rejects.stat().st_size,
            seen_at=timezone.now(),
        )
        if not moved:
            raise _Lost
        self.line = tally.line

    def pause(self, tally: Tally) -> None:
        if time.monotonic() > self.until:
            raise _Pause
