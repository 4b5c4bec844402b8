"""Keeping images of benchmark cases, each once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from analytics.benchmarking.case_content import BenchmarkRefused
from analytics.benchmarking.images import (
    ImageRefused,
    Picture,
    check_size,
    read_picture,
)
from analytics.models import BenchmarkImage
from registry.models import Organization


class Upload(Protocol):
    """A file that somebody sent, not read yet."""

    name: str | None
    size: int | None

    def read(self) -> bytes: ...


def keep_image(
    *, organization: Organization, data: bytes, name: str = ""
) -> BenchmarkImage:
    """The image of these bytes: the row there is, or a new one. Raises ImageRefused."""
    picture = read_picture(data, name)
    keep_pictures(organization=organization, pictures=[picture])
    return BenchmarkImage.objects.get(organization=organization, digest=picture.digest)


def keep_upload(*, organization: Organization, upload: Upload) -> BenchmarkImage:
    """As `keep_image`; what is too large is refused before it is read into memory."""
    name = upload.name or ""
    check_size(upload.size or 0, name)
    return keep_image(organization=organization, data=upload.read(), name=name)


def keep_pictures(*, organization: Organization, pictures: Iterable[Picture]) -> None:
    """Keep those that are not here yet; who comes second at once changes nothing."""
    rows = [
        BenchmarkImage(
            organization=organization,
            digest=one.digest,
            media_type=one.media_type,
            width_px=one.width_px,
            height_px=one.height_px,
            data=one.data,
        )
        for one in {one.digest: one for one in pictures}.values()
    ]
    BenchmarkImage.objects.bulk_create(rows, batch_size=20, ignore_conflicts=True)


def kept_digests(
    organization: Organization, images: Iterable[bytes | str]
) -> tuple[str, ...]:
    """Digests of images given as bytes (kept now) or as digests of kept ones. Raises
    BenchmarkRefused."""
    digests = []
    for one in images:
        if isinstance(one, str):
            digests.append(one)
            continue
        try:
            kept = keep_image(organization=organization, data=one)
        except ImageRefused as error:
            raise BenchmarkRefused({"images": str(error)}) from error
        digests.append(kept.digest)
    check_kept(organization, digests)
    return tuple(digests)


def check_kept(organization: Organization, digests: Iterable[str]) -> None:
    """Raises BenchmarkRefused for one that the organisation does not have."""
    wanted = set(digests)
    if not wanted:
        return
    rows = BenchmarkImage.objects.filter(organization=organization, digest__in=wanted)
    missing = wanted - set(rows.values_list("digest", flat=True))
    if missing:
        shown = sorted(missing)[0][:12]
        raise BenchmarkRefused({"images": f"There is no image {shown}… here."})
