"""Packs that are loaded from an address. A changed document becomes a new version; it
never becomes the active one by itself."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from django.utils import timezone

from registry.lined.document import Unreadable
from registry.models import Pack, User
from registry.pack_fetching import SourceFailed, fetch_document
from registry.packs.reading import read_pack
from registry.queries.packs import latest_version
from registry.services.packs import (
    PackRefused,
    StalePack,
    VersionOutcome,
    add_version,
)

__all__ = ["SourceFailed", "load_source", "load_sources"]

ERROR_LENGTH: Final = 400
ACTOR: Final = "pack source"

logger = logging.getLogger(__name__)


def load_source(
    *, pack: Pack, actor: User | None, actor_label: str = ""
) -> VersionOutcome:
    """Read the pack's address now: a new version where it says something new. Raises
    SourceFailed with everything that is wrong; the pack notes it too."""
    if not pack.source_url:
        raise SourceFailed(f"{pack.slug} has no address to be loaded from.")
    try:
        outcome = _load(pack, actor, actor_label or ("" if actor else ACTOR))
    except (SourceFailed, Unreadable, PackRefused, StalePack) as error:
        _note(pack, str(error))
        raise SourceFailed(str(error)) from error
    _note(pack, "")
    return outcome


def load_sources() -> int:
    """Every pack that has an address, one after the other; how many new versions that
    made. A source that fails keeps nobody else from being read."""
    made = 0
    packs = Pack.objects.filter(archived_at=None).exclude(source_url="")
    for pack in packs.select_related("organization").order_by("source_read_at", "pk"):
        try:
            made += load_source(pack=pack, actor=None).is_new
        except SourceFailed as error:
            logger.warning("The pack %s could not be loaded: %s", pack.slug, error)
    return made


def _load(pack: Pack, actor: User | None, actor_label: str) -> VersionOutcome:
    content, kind = fetch_document(pack.source_url)
    document = read_pack(content, kind=kind)
    note = document.note or "Loaded from its address."
    return add_version(
        pack=pack,
        document=replace(document, slug=pack.slug, note=note),
        expected_number=latest_version(pack).number,
        actor=actor,
        actor_label=actor_label,
    )


def _note(pack: Pack, error: str) -> None:
    pack.source_read_at = timezone.now()
    pack.source_error = error[:ERROR_LENGTH]
    pack.save(update_fields=["source_read_at", "source_error"])
