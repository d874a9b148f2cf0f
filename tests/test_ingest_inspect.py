"""What a file is found to be from its headers: its kind, its pages, or why it cannot be taken."""

import io
import struct
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from archive.errors import DAMAGED_FILE, EMPTY_FILE, NOT_AS_NAMED, TOO_MANY_PIXELS, UNSUPPORTED, ArsipError
from archive.types import Inspection, PrepareOptions
from ingest import tiff
from ingest.inspect import inspect
from tests.ingest_pages import OPTIONS


def refused(
    path: Path, name: str = "", options: PrepareOptions = OPTIONS
) -> tuple[str, dict[str, str | int | float]]:
    with pytest.raises(ArsipError) as caught:
        inspect(str(path), name or path.name, options)
    return caught.value.failure.cause, caught.value.failure.details


def chain(*directories: tuple[int, int, int], loop: bool = False, big: bool = False) -> bytes:
    """A TIFF of headers only: (width, height, NewSubfileType) each, the last linked to the first or not."""
    count, entry, link, head = ("<Q", "<HHQQ", "<Q", 16) if big else ("<H", "<HHLL", "<L", 8)
    size = struct.calcsize(count) + 3 * struct.calcsize(entry) + struct.calcsize(link)
    out = b"II+\0\x08\0\0\0" + struct.pack("<Q", head) if big else b"II*\0" + struct.pack("<L", head)
    for number, (width, height, subfile) in enumerate(directories):
        following = head + (number + 1) * size
        if number == len(directories) - 1:
            following = head if loop else 0
        out += struct.pack(count, 3) + struct.pack(entry, 254, 4, 1, subfile)
        out += struct.pack(entry, 256, 4, 1, width) + struct.pack(entry, 257, 4, 1, height)
        out += struct.pack(link, following)
    return out


def test_content_decides_and_not_the_name(tmp_path: Path) -> None:
    Image.new("L", (9, 9)).save(tmp_path / "a.pdf", "JPEG")
    assert inspect(str(tmp_path / "a.pdf"), "a.pdf", OPTIONS) == Inspection("image/jpeg", 1)
    pages = [Image.new("1", (9, 9)) for _ in range(3)]
    pages[0].save(tmp_path / "b.dat", "TIFF", save_all=True, append_images=pages[1:])
    assert inspect(str(tmp_path / "b.dat"), "b.dat", OPTIONS) == Inspection("image/tiff", 3)


def test_pages_of_a_pdf_are_counted(tmp_path: Path) -> None:
    document = pikepdf.new()
    for _ in range(7):
        document.add_blank_page()
    document.save(tmp_path / "a.pdf")
    assert inspect(str(tmp_path / "a.pdf"), "a.pdf", OPTIONS) == Inspection("application/pdf", 7)


def test_a_pdf_after_junk_is_opened(tmp_path: Path) -> None:
    data = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(data)
    (tmp_path / "a.pdf").write_bytes(b"\r\n--boundary\r\n" * 30 + data.getvalue())
    assert inspect(str(tmp_path / "a.pdf"), "a.pdf", OPTIONS) == Inspection("application/pdf", 1)


def test_each_wrong_file_has_its_cause(tmp_path: Path) -> None:
    for name, data in {
        "empty.pdf": b"",
        "letter.pdf": b"<html>not found</html>",
        "film.gif": b"GIF89a" + bytes(50),
        "nameless": b"nothing",
        "cut.png": b"\x89PNG\r\n\x1a\n\0\0\0",
        "cut.tif": b"II*\0\xff\xff\0\0",
        "cut.pdf": b"%PDF-1.7\n1 0 obj",
        "cut.j2k": b"\xff\x4f\xff\x51\0\x29",
    }.items():
        (tmp_path / name).write_bytes(data)
    assert refused(tmp_path / "empty.pdf") == (EMPTY_FILE.code, {})
    assert refused(tmp_path / "letter.pdf") == (NOT_AS_NAMED.code, {"extension": ".pdf"})
    assert refused(tmp_path / "film.gif") == (UNSUPPORTED.code, {"format": "gif"})
    assert refused(tmp_path / "nameless") == (UNSUPPORTED.code, {"format": "?"})
    for name in ("cut.png", "cut.tif", "cut.pdf", "cut.j2k"):
        assert refused(tmp_path / name) == (DAMAGED_FILE.code, {})


def test_the_owners_name_counts_and_not_that_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "0a1b2c").write_bytes(b"nothing")
    assert refused(tmp_path / "0a1b2c", "surat.TIF") == (NOT_AS_NAMED.code, {"extension": ".tif"})


@pytest.mark.parametrize("form", ["PNG", "TIFF", "JPEG", "BMP", "WEBP", "JPEG2000"])
def test_too_many_pixels_are_read_from_the_header(tmp_path: Path, form: str) -> None:
    Image.new("L", (200, 300)).save(tmp_path / "a", form)
    options = PrepareOptions(max_pixels=50_000)
    assert refused(tmp_path / "a", "a", options) == (
        TOO_MANY_PIXELS.code,
        {"pixels": 60_000, "limit": 50_000},
    )


def test_one_page_that_can_be_read_saves_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(chain((100, 100, 0), (60_000, 60_000, 0)))
    assert inspect(str(tmp_path / "a.tif"), "a.tif", OPTIONS).frames == 2


@pytest.mark.parametrize("big", [False, True])
def test_a_chain_that_bites_its_tail_ends(big: bool) -> None:
    file = io.BytesIO(chain((10, 20, 0), (30, 40, 0), loop=True, big=big))
    assert [(page.width, page.height) for page in tiff.pages(file)] == [(10, 20), (30, 40)]


@pytest.mark.parametrize("big", [False, True])
def test_thumbnails_and_masks_are_no_pages(big: bool) -> None:
    file = io.BytesIO(chain((10, 20, 0), (1, 2, tiff.REDUCED), (10, 20, tiff.MASK), (30, 40, 2), big=big))
    assert [(page.index, page.width) for page in tiff.pages(file)] == [(0, 10), (3, 30)]
    assert len(tiff.pages(io.BytesIO(chain((1, 2, tiff.REDUCED), big=big)))) == 1


def test_a_chain_that_is_cut_gives_what_is_there() -> None:
    data = chain((10, 20, 0), (30, 40, 0), (50, 60, 0))
    assert [page.width for page in tiff.pages(io.BytesIO(data[:-10]))] == [10, 30]
    with pytest.raises(ValueError, match="no directory"):
        tiff.pages(io.BytesIO(data[:12]))
