"""The kind of a file by its first bytes: what is known, and what is nothing."""

import io

import pytest
from PIL import Image

from ingest.inspect import sniff


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("TIFF", "image/tiff"),
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("JPEG2000", "image/jp2"),
        ("PDF", "application/pdf"),
    ],
)
def test_what_pillow_writes_is_known(form: str, media_type: str) -> None:
    data = io.BytesIO()
    Image.new("RGB", (8, 8)).save(data, form)
    assert sniff(data.getvalue()[:1024]) == media_type


def test_big_tiff_and_a_bare_codestream_are_known() -> None:
    assert sniff(b"II+\0\x08\0\0\0") == "image/tiff"
    data = io.BytesIO()
    Image.new("L", (8, 8)).save(data, "JPEG2000", no_jp2=True)
    assert data.getvalue()[4:8] != b"jP  "
    assert sniff(data.getvalue()) == "image/jp2"


def test_a_pdf_may_begin_late_but_not_too_late() -> None:
    assert sniff(b"\n" * 1000 + b"%PDF-1.4") == "application/pdf"
    assert sniff(b"\n" * 1100 + b"%PDF-1.4") is None


@pytest.mark.parametrize(
    "head", [b"", b"BM", b"BMW sold a car to the office", b"GIF89a", b"PK\3\4", b"RIFF1234WAVE"]
)
def test_what_is_not_read_is_nothing(head: bytes) -> None:
    assert sniff(head) is None
