"""Several configuration files as one: by key of each section, then field by field.
Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from registry.configuration.files import ConfigurationFile, Finding
from registry.configuration.section import Document
from registry.lined.document import Path


@dataclass(frozen=True)
class Wanted:
    """What an organisation should be. `owners` says which file had the last word about
    each field of each entry."""

    document: Document
    files: tuple[ConfigurationFile, ...] = ()
    owners: dict[Path, ConfigurationFile] = field(default_factory=dict)

    def finding(self, path: Path, text: str) -> Finding:
        """Something wrong at a place in the document: in the file that says it."""
        for length in (3, 2, 1):
            owner = self.owners.get(path[:length])
            if owner is not None:
                return Finding(owner.name, owner.line_of(path), text)
        name = self.files[0].name if len(self.files) == 1 else ""
        return Finding(name, 0, text)

    def replaced(self, document: Document) -> Wanted:
        """With another document, whose places are those of this one."""
        return Wanted(document, self.files, self.owners)


def merged(files: Sequence[ConfigurationFile]) -> Wanted:
    """`files` from the weakest to the strongest. A later file wins for each field that
    it states, and adds keys; lists and parameters are replaced as a whole."""
    document: Document = {}
    owners: dict[Path, ConfigurationFile] = {}
    for file in files:
        for section, entries in file.document.items():
            kept = document.setdefault(section, {})
            owners.setdefault((section,), file)
            for key, entry in entries.items():
                kept[key] = {**kept.get(key, {}), **entry}
                owners.setdefault((section, key), file)
                for name in entry:
                    owners[section, key, name] = file
    return Wanted(document, tuple(files), owners)
