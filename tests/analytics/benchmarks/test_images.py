"""Images are told by their bytes, refused when too large, and kept once."""

import pytest

from analytics.benchmarking.images import MOST_BYTES, ImageRefused, read_picture
from analytics.models import BenchmarkImage
from analytics.services.benchmark_images import keep_image, keep_upload
from tests.analytics.benchmarks.suites import png
from tests.factories import OrganizationFactory


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
    ],
)
def test_four_kinds_are_known_by_their_bytes(kind, media_type):
    picture = read_picture(png(8, 6, kind=kind), "photo.txt")

    assert picture.media_type == media_type
    assert (picture.width_px, picture.height_px) == (8, 6)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Dear all", "“notes.png” is not an image: its bytes are text"),
        (b"<svg xmlns=''></svg>", "SVG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89\x00\xff\xfe" * 9, "something else"),
        (b"", "empty"),
        (png(300, 300)[:120], "damaged or cut short"),
        (png(kind="BMP"), "not an image"),
        (png(8001, 1), "8001 × 1 pixels"),
        (png(5100, 5000), "25 million"),
    ],
    ids=["text", "svg", "pdf", "noise", "empty", "cut", "bmp", "wide", "large"],
)
def test_what_is_no_image_is_refused_in_words(data, said):
    with pytest.raises(ImageRefused, match=said):
        read_picture(data, "notes.png")


class Unread:
    """An upload that must not be read."""

    name = "huge.png"
    size = 50 * 1024**2

    def read(self) -> bytes:
        raise AssertionError("it was read into memory")


def test_fifty_megabytes_are_refused_before_they_are_read(organization):
    with pytest.raises(ImageRefused, match=r"50\.0 MB large; at most 8 MB"):
        keep_upload(organization=organization, upload=Unread())
    with pytest.raises(ImageRefused, match="at most 8 MB"):
        read_picture(b"x" * (MOST_BYTES + 1))


def test_an_image_is_kept_once_for_each_organisation(organization):
    first = keep_image(organization=organization, data=png())
    again = keep_image(organization=organization, data=png())
    other = keep_image(organization=OrganizationFactory(), data=png())

    assert first.pk == again.pk
    assert other.pk != first.pk
    assert BenchmarkImage.objects.count() == 2
