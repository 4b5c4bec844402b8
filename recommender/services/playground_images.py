"""Keeps uploaded pictures, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.benchmarking.images import check_size, read_picture
from recommender.models import PlaygroundImage
from registry.models import Organization

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


def keep_image(
    *, organization: Organization, upload: UploadedFile[bytes]
) -> PlaygroundImage:
    """Raises ImageRefused; of what is too large before it is read."""
    name = (upload.name or "")[:120]
    check_size(upload.size or 0, name)
    found = read_picture(upload.read(), name)
    image, _ = PlaygroundImage.objects.get_or_create(
        organization=organization,
        digest=found.digest,
        defaults={
            "name": name,
            "media_type": found.media_type,
            "width_px": found.width_px,
            "height_px": found.height_px,
            "data": found.data,
        },
    )
    return image
