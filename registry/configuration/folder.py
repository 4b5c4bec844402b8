"""Which configuration files there are, and what is in them. Reads files, and no
database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from registry.configuration.files import (
    MAX_BYTES,
    ConfigurationFile,
    ConfigurationWrong,
    Finding,
    Kind,
    findings_of,
    lined,
    read_document,
)
from registry.configuration.section import Sections
from registry.configuration.upgrading import is_old_shape, upgraded
from registry.lined.document import Problem, Unreadable

BASES: Final = ("models", "user_models")
PROFILES: Final = "user_profiles"
ENDINGS: Final = (".json", ".yaml", ".yml")
STANDARD_INPUT: Final = "-"
InCatalogue = Callable[[str], bool]


@dataclass(frozen=True)
class FolderFiles:
    """Files of a folder from the weakest to the strongest. `not_read` are those of the
    same name in another format, which lose."""

    paths: tuple[Path, ...]
    not_read: tuple[Path, ...] = ()


def folder_files(folder: Path, profile: str = "") -> FolderFiles:
    """`models`, then `user_models`, then `user_profiles/<profile>`. Raises
    ConfigurationWrong for a folder or a profile that is not there."""
    if not folder.is_dir():
        raise _wrong(f"There is no folder {folder}.")
    found = [_candidates(folder / name) for name in BASES]
    if profile:
        own = _candidates(folder / PROFILES / Path(profile).name)
        if not own or Path(profile).name != profile:
            known = sorted({one.stem for one in _all(folder / PROFILES)})
            named = f" Known: {', '.join(known)}." if known else ""
            raise _wrong(f"There is no {folder / PROFILES / profile}.{named}")
        found.append(own)
    paths = tuple(one[0] for one in found if one)
    if not paths:
        names = ", ".join(f"{name}.json" for name in BASES)
        raise _wrong(f"There is nothing to read in {folder}: {names} or .yaml.")
    return FolderFiles(paths, tuple(path for one in found for path in one[1:]))


def read_files(
    names: Iterable[str | Path], sections: Sections, in_catalogue: InCatalogue
) -> list[ConfigurationFile]:
    """Every file, `-` for standard input. Old shapes are upgraded. Raises
    ConfigurationWrong with everything that is wrong in any of them."""
    found: list[ConfigurationFile] = []
    wrong: list[Finding] = []
    for name in names:
        try:
            found.append(read_file(str(name), sections, in_catalogue))
        except ConfigurationWrong as error:
            wrong += error.findings
    if wrong:
        raise ConfigurationWrong(wrong)
    return found


def read_file(
    name: str, sections: Sections, in_catalogue: InCatalogue
) -> ConfigurationFile:
    try:
        read = lined(_content(name), _kind(name))
        notes: list[Problem] = []
        if is_old_shape(read.value):
            read, notes = upgraded(read, in_catalogue)
    except Unreadable as error:
        raise ConfigurationWrong(findings_of(error, name)) from error
    except OSError as error:
        said = f"It cannot be read: {error.strerror or error}."
        raise ConfigurationWrong([Finding(name, 0, said)]) from error
    return read_document(read, name, sections, notes)


def _content(name: str) -> bytes:
    """At most one byte more than is allowed: a large file is refused by its size."""
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _kind(name: str) -> Kind:
    ending = Path(name).suffix.lower()
    if ending == ".json":
        return "json"
    return "yaml" if ending in {".yaml", ".yml"} else ""


def _candidates(stem: Path) -> list[Path]:
    paths = (stem.parent / f"{stem.name}{ending}" for ending in ENDINGS)
    return [one for one in paths if one.is_file()]


def _all(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (one for one in folder.iterdir() if one.suffix in ENDINGS)


def _wrong(text: str) -> ConfigurationWrong:
    return ConfigurationWrong([Finding("", 0, text)])
