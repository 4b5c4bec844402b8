"""A picture is known by its bytes: its kind and its size, or why it is none."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.pictures import MAX_BYTES, Picture, PictureError, picture_of
from tests.recommender.playground import png

GIF = b"GIF89a" + struct.pack("<HH", 5, 7) + b"\x00" * 10
JPEG = (
    b"\xff\xd8"
    + b"\xff\xe0\x00\x04ab"
    + b"\xff\xc0\x00\x11\x08"
    + struct.pack(">HH", 7, 5)
    + b"\x03" * 10
)
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X" + b"\x00" * 8 + b"\x04\x00\x00\x06\x00\x00"
LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f" + struct.pack(
    "<I", 4 | (6 << 14)
)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(5, 7), "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (LOSSLESS, "image/webp"),
    ],
    ids=["png", "gif", "jpeg", "webp", "webp lossless"],
)
def test_kind_and_size_are_read_from_the_bytes(data, kind):
    assert picture_of(data, "any") == Picture(kind, 5, 7)


@pytest.mark.parametrize(
    "data",
    [b"", b"just a text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", GIF[:8], WEBP[:20]],
    ids=["nothing", "text", "png head", "jpeg head", "gif head", "webp head"],
)
def test_what_is_no_whole_picture_is_refused(data):
    with pytest.raises(PictureError, match=r"cat\.png is no picture"):
        picture_of(data, "cat.png")


def test_a_picture_that_is_too_large_is_refused():
    with pytest.raises(PictureError, match=r"has 10\.0 MB"):
        picture_of(png() + b"\x00" * MAX_BYTES, "cat.png")


def test_a_picture_without_a_side_is_refused():
    with pytest.raises(PictureError, match="no side"):
        picture_of(png(0, 4), "cat.png")


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"GIF89a", WEBP]))
def test_no_bytes_break_the_reading(data, head):
    try:
        found = picture_of(head + data, "x")
    except PictureError:
        return
    assert found.width_px > 0
    assert found.height_px > 0
