"""Keeps uploaded pictures, each once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from recommender.models import PlaygroundImage
from recommender.pictures import MAX_BYTES, PictureError, picture_of, too_large
from registry.models import Organization

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


def keep_image(
    *, organization: Organization, upload: UploadedFile[bytes]
) -> PlaygroundImage:
    """Raises PictureError before anything large is read."""
    name = (upload.name or "")[:120]
    if upload.size is not None and upload.size > MAX_BYTES:
        raise PictureError(too_large(name[:80], upload.size))
    data = upload.read()
    found = picture_of(data, name)
    image, _ = PlaygroundImage.objects.get_or_create(
        organization=organization,
        digest=hashlib.sha256(data).hexdigest(),
        defaults={
            "name": name,
            "media_type": found.media_type,
            "width_px": found.width_px,
            "height_px": found.height_px,
            "data": data,
        },
    )
    return image
