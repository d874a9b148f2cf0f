"""PDF/A-2b, as veraPDF sees it: every kind of image that goes in, and what must not be called so."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import CONTENTS_UNCHECKED, INKS_UNKNOWN, ArsipError
from archive.types import Box, Source, Word
from tests import tool_verapdf
from tests.conftest import absent
from tests.output_pages import flat, letter, made, pdf_of, said, view
from tests.server_process import Missing

WORDS = said(*(Word(text, Box(0.1, 0.1, 0.3, 0.03), 0.9, 0) for text in ("Undangan", "ꦲꦏ꧀ꦱꦫ", "العربية")))

KINDS: list[tuple[str, str, dict[str, object]]] = [
    ("L", "grey.jpg", {}),
    ("RGB", "colour.jpg", {}),
    ("RGB", "colour.png", {}),
    ("P", "palette.png", {}),
    ("RGBA", "opacity.png", {}),
    ("1", "fax.tiff", {"compression": "group4", "tiffinfo": {278: 5000}}),
    ("1", "raw.tiff", {}),
    ("L", "lzw.tiff", {"compression": "tiff_lzw"}),
    ("RGB", "wavelets.jp2", {}),
    ("L", "stream.j2k", {}),
]


def drawn(folder: Path, mode: str, name: str, more: dict[str, object]) -> Path:
    """A file of one page."""
    image = letter()[0].resize((827, 1169)).convert(mode)
    if mode == "RGBA":
        image.putalpha(letter()[0].resize((827, 1169)))
    image.save(folder / name, dpi=(100, 100), **more)  # type: ignore[arg-type]
    return folder / name


def test_every_kind_of_image_becomes_pdf_a(tmp_path: Path) -> None:
    files = [drawn(tmp_path, *kind) for kind in KINDS]
    pages = [view(file, number=at, text=WORDS) for at, file in enumerate(files, 1)]
    written = [pdf_of([page], tmp_path / f"{page.path}.pdf", "Judul & <isi>") for page in pages]
    written.append(pdf_of(pages, tmp_path / "all.pdf", "Semua"))
    plain = pdf_of(pages[:1], tmp_path / "plain.pdf")
    try:
        broken = tool_verapdf.broken_rules([*written, plain])
    except Missing as error:
        absent(str(error))
    assert broken.pop("plain.pdf"), "veraPDF finds fault with nothing"
    assert broken == {file.name: [] for file in written}


def test_what_cannot_become_it_unchanged_is_not_called_so(tmp_path: Path) -> None:
    inks = drawn(tmp_path, "CMYK", "inks.jpg", {})
    letter()[0].save(tmp_path / "a.pdf")
    pdf = made(Source(str(tmp_path / "a.pdf"), "blob", "application/pdf", 0), flat(800, 600), WORDS)
    for page, cause in ((view(inks, text=WORDS), INKS_UNKNOWN), (pdf, CONTENTS_UNCHECKED)):
        with pytest.raises(ArsipError) as caught:
            pdf_of([page], tmp_path / "out.pdf", "judul")
        assert caught.value.failure.cause == cause.code
        assert not (tmp_path / "out.pdf").exists()
