"""The real tasks in a real reader: a drawn page is prepared, read and shown; hostile files do no harm."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from archive.errors import ORIGINAL_MISSING, OUTPUT_TOO_LARGE, UNEXPECTED, ArsipError, Failure
from archive.types import Box, PrepareOptions, ReadOptions, Source
from tests.output_pages import made
from worker.reader import Limits, Mark, Reader

OPTIONS = PrepareOptions()
READ = ReadOptions(languages="eng")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


def page(folder: Path, text: str) -> Source:
    """A page of A5 at 150 dpi with one line of text in its middle."""
    image = Image.new("L", (874, 1240), 255)
    font = ImageFont.load_default(40)
    ImageDraw.Draw(image).text((120, 600), text, fill=0, font=font)
    path = folder / f"{text}.png"
    image.save(path, dpi=(150, 150))
    return Source(str(path), f"blob of {text}", "image/png", 0)


def said(reader: Reader, source: Source, options: PrepareOptions = OPTIONS) -> str:
    return " ".join(word.text for word in reader.read(source, options, None, READ).words)


def missing(reader: Reader, source: Source, options: PrepareOptions = OPTIONS) -> bool:
    with pytest.raises(ArsipError) as caught:
        said(reader, source, options)
    return caught.value.failure.cause == ORIGINAL_MISSING.code


def test_a_page_is_looked_at_prepared_and_read(reader: Reader, tmp_path: Path) -> None:
    source = page(tmp_path, "Surat Undangan")
    assert reader.inspect(source.path, "surat.png", OPTIONS).media_type == "image/png"
    prepared = reader.prepare(source, OPTIONS)
    assert (prepared.width, prepared.height) == (874, 1240)
    text = reader.read(source, OPTIONS, prepared, READ)
    assert [word.text for word in text.words] == ["Surat", "Undangan"]
    assert abs(text.words[0].box.y - 600 / 1240) < 0.02


@pytest.mark.parametrize(
    ("mode", "colour"), [("RGBA", (250, 250, 250, 250)), ("CMYK", (5, 5, 5, 0)), ("I;16", 60_000)]
)
def test_a_large_scan_in_every_colour_fits_a_reader(
    reader: Reader, tmp_path: Path, mode: str, colour: int | tuple[int, ...]
) -> None:
    size = (7016, 9921)  # A3 at 600 dpi
    path = tmp_path / "peta.tif"
    Image.new(mode, size, colour).save(path, dpi=(600, 600), compression="tiff_lzw")
    prepared = reader.prepare(Source(str(path), f"blob in {mode}", "image/tiff", 0), OPTIONS)
    assert (prepared.width, prepared.height) == (3508, 4960)
    assert prepared.quality.blank


def test_the_clean_page_is_kept_for_one_reading(reader: Reader, tmp_path: Path) -> None:
    source = page(tmp_path, "Nota Dinas")
    reader.prepare(source, OPTIONS)
    Path(source.path).unlink()
    assert said(reader, source) == "Nota Dinas"
    assert missing(reader, source)


def test_only_the_last_page_is_kept(reader: Reader, tmp_path: Path) -> None:
    first, second = page(tmp_path, "Pertama"), page(tmp_path, "Kedua")
    reader.prepare(first, OPTIONS)
    reader.prepare(second, OPTIONS)
    Path(first.path).unlink()
    assert missing(reader, first)
    assert said(reader, second) == "Kedua"


def test_a_page_prepared_otherwise_is_not_the_page_kept(reader: Reader, tmp_path: Path) -> None:
    source = page(tmp_path, "Perihal")
    reader.prepare(source, OPTIONS)
    Path(source.path).unlink()
    assert missing(reader, source, PrepareOptions(max_dpi=100))


def test_a_fresh_reader_makes_the_clean_page_again(tmp_path: Path) -> None:
    source = page(tmp_path, "Berita Acara")
    with Reader() as reader:
        prepared = reader.prepare(source, OPTIONS)
        reader.close()
        text = reader.read(source, OPTIONS, prepared, READ)
    assert [word.text for word in text.words] == ["Berita", "Acara"]


def test_a_page_is_shown_upright_with_its_marks(reader: Reader, tmp_path: Path) -> None:
    source = page(tmp_path, "Lampiran")
    marks = (Mark("hit", (Box(0.1, 0.1, 0.2, 0.1),)),)
    image = Image.open(io.BytesIO(reader.picture(source, 90, 620, marks, OPTIONS)))
    assert image.size == (620, 437)
    paper, marked = image.getpixel((300, 300)), image.getpixel((100, 60))
    assert paper == (255, 255, 255)
    assert marked != paper


def test_hostile_files_end_in_a_value_or_a_named_cause(corpus: Path) -> None:
    nameless = []
    with Reader() as reader:
        for path in sorted((corpus / "hostile").iterdir()):
            try:
                found = reader.inspect(str(path), path.name, OPTIONS)
                reader.prepare(Source(str(path), path.name, found.media_type, 0), OPTIONS)
            except ArsipError as error:
                if error.failure.cause == UNEXPECTED.code:
                    nameless.append((path.name, error.failure.details))
    assert nameless == []


@pytest.mark.parametrize(("name", "media"), [("derau.jpg", "image/jpeg"), ("derau.pdf", "application/pdf")])
def test_a_pdf_beyond_the_limit_of_a_file_is_told_as_that(tmp_path: Path, name: str, media: str) -> None:
    """Whether it is put together or, as one without a text of ours, copied; the reader goes on."""
    path = tmp_path / name
    Image.effect_noise((1200, 1200), 90).save(path, quality=95)
    assert path.stat().st_size > 1_100_000
    source = Source(str(path), "blob", media, 0)
    page = made(source, None, None)
    with Reader(Limits(file_megabytes=1)) as reader:
        with pytest.raises(ArsipError) as caught:
            reader.pdf([(page,)], 1, str(tmp_path / "out.pdf"), OPTIONS)
        assert caught.value.failure == Failure(OUTPUT_TOO_LARGE.code, {"megabytes": 1})
        assert reader.inspect(source.path, name, OPTIONS).frames == 1
