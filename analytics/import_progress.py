"""How far a file has been imported, and its refused lines: two files beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analytics.services.intake_runs import Reject, Tally


class ImportProgress:
    """`FILE.progress.json` names the file by its size, so that another one of the same
    name begins anew. Both are brought up to date batch by batch; a line that was told
    after the last batch is cut off again when the import goes on."""

    def __init__(self, file: Path, format_key: str) -> None:
        self.rejects = file.with_name(f"{file.name}.rejects.jsonl")
        self._path = file.with_name(f"{file.name}.progress.json")
        self._mark = {"size": file.stat().st_size, "format": format_key}

    def resume(self) -> Tally:
        """Where an interrupted import was; a new tally where there was none."""
        try:
            kept: dict[str, Any] = json.loads(self._path.read_text())
            is_same = kept.pop("mark") == self._mark
        except (OSError, ValueError, KeyError):
            is_same, kept = False, {}
        if not is_same:
            self.forget()
            self.rejects.unlink(missing_ok=True)
            return Tally()
        size = kept.pop("rejects_bytes")
        if self.rejects.exists():
            with self.rejects.open("r+b") as file:
                file.truncate(size)
        return tally_from(kept)

    def note(self, reject: Reject) -> None:
        with self.rejects.open("a", encoding="utf-8") as file:
            file.write(reject_line(reject))

    def keep(self, tally: Tally) -> None:
        size = self.rejects.stat().st_size if self.rejects.exists() else 0
        document = {"mark": self._mark, "rejects_bytes": size, **tally_facts(tally)}
        new = self._path.with_name(f"{self._path.name}.new")
        new.write_text(json.dumps(document))
        new.replace(self._path)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def reject_line(reject: Reject) -> str:
    """A refused entry as a line of JSON."""
    return json.dumps(asdict(reject), default=str) + "\n"


def tally_facts(tally: Tally) -> dict[str, Any]:
    return {**asdict(tally), "ignored": sorted(tally.ignored)}


def tally_from(facts: dict[str, Any]) -> Tally:
    return Tally(**{**facts, "ignored": set(facts.get("ignored", ()))})
