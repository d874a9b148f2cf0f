"""A searchable PDF, page by page: the originals as they are, with an invisible layer of what was read."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, cast

import pikepdf
from pikepdf import Name, Page, Pdf, Stream

from archive import geometry
from archive.errors import (
    DAMAGED_FILE,
    DAMAGED_PAGE,
    ENCRYPTED,
    INKS_UNKNOWN,
    ORIGINAL_MISSING,
    UNREADABLE,
    ArsipError,
)
from archive.types import PageView, Source, StoredImage, Word
from ocr.outputs import archival, glyphless, hidden, image, jpx, layer, scan
from ocr.outputs.place import added_words, to_original, to_upright, turn_of

PDF = "application/pdf"
HELD = 64 * 2**20
"""Bytes of images that are held in memory; more are laid on the disk until the file is written."""

Stored = Callable[[Source], StoredImage]
"""Opens an image file, which is not for here to know."""


class Assembly:
    """A PDF that is put together from pages in their order, and then written.

    A document that is one PDF keeps everything else that is in it (bookmarks, forms, attachments); where no
    page of it gets any text, its bytes are copied. With a ``title`` the
    file becomes PDF/A-2b, or nothing.
    """

    def __init__(self, stored: Stored, title: str | None = None) -> None:
        self._stored, self._title = stored, title
        self._pdf = pikepdf.new()
        self._whole: Source | None = None
        self._images = pikepdf.new()
        self._held = 0
        self._parts: list[Pdf] = []
        self._with_text: list[int] = []
        self._codes = glyphless.Codes()
        self._opened: dict[str, Pdf] = {}
        self._scratch = ExitStack()

    def begin(self, first: Source, pages: int) -> None:
        """Say what comes: the original of the first page, and how many pages there will be."""
        if first.media_type == PDF and first.frame == 0 and self._title is None:
            opened = self._open(first)
            if len(opened.pages) == pages:
                self._whole, self._pdf = first, opened

    def add(self, views: Sequence[PageView]) -> None:
        """Add pages. Raises ArsipError with what is wrong with the first of them that cannot be added."""
        for view in views:
            if view.source.media_type == PDF:
                self._add_page_of_pdf(view)
            else:
                self._add_image(view)

    def save(self, target: Path) -> None:
        """Write the file. OSError where that fails."""
        self._move_images()
        if self._whole and not self._with_text:
            shutil.copyfile(self._whole.path, target)
            return
        if self._with_text:
            font = glyphless.font(self._pdf, self._codes)
            for number in self._with_text:
                self._pdf.pages[number].add_resource(font, Name.Font, Name("/" + layer.FONT))
        if self._title is not None:
            archival.declare(self._pdf, self._title)
        _save(self._pdf, target)

    def close(self) -> None:
        """Let go of all files."""
        for opened in (*self._opened.values(), *self._parts, self._images, self._pdf):
            opened.close()
        self._scratch.close()

    def _add_page_of_pdf(self, view: PageView) -> None:
        try:
            if self._title is not None:
                self._add_scan(view)
            else:
                number = self._page_of_pdf(view.source)
                words = added_words(view)
                if words and view.text is not None and view.text.source == "ocr":  # its own is not trusted
                    hidden.take_off(self._pdf, self._pdf.pages[number])
                self._write_over(self._pdf, number, view, words)
        except (pikepdf.PdfError, LookupError, TypeError, ValueError):
            raise ArsipError(DAMAGED_PAGE) from None

    def _add_scan(self, view: PageView) -> None:
        """Set a scanned page down anew: of others, only a validator could say what PDF/A forbids of them."""
        source = self._open(view.source)
        old = source.pages[view.source.frame]
        alone = view.prepared is not None and view.prepared.origin == "embedded"
        new = scan.append(self._images, source, old, _shown_box(old), alone)
        self._held += scan.size(new)
        words = view.text.words if view.text else ()  # those that the page had are not in the new one
        self._write_over(self._images, len(self._images.pages) - 1, view, words)
        if self._held > HELD:
            self._move_images()

    def _page_of_pdf(self, source: Source) -> int:
        """The number of the page that shows this one, which is added unless it is there already."""
        if self._whole is not None:
            if source.blob != self._whole.blob:
                raise ValueError("a page of another file")
            return source.frame
        self._move_images()
        self._pdf.pages.append(self._open(source).pages[source.frame])
        return len(self._pdf.pages) - 1

    def _open(self, source: Source) -> Pdf:
        if source.path not in self._opened:
            try:
                self._opened[source.path] = pikepdf.open(source.path)
            except FileNotFoundError:
                raise ArsipError(ORIGINAL_MISSING, blob=source.blob) from None
            except PermissionError:
                raise ArsipError(UNREADABLE) from None
            except pikepdf.PasswordError:
                raise ArsipError(ENCRYPTED) from None
            except pikepdf.PdfError:
                raise ArsipError(DAMAGED_FILE) from None
        return self._opened[source.path]

    def _write_over(self, pdf: Pdf, number: int, view: PageView, words: Sequence[Word]) -> None:
        """Put words on a page that is there already, under all that it shows, and turn it upright."""
        if not words:
            return
        page = pdf.pages[number]
        left, bottom, right, top = _shown_box(page)
        place = geometry.compose(image.to_page(right - left, top - bottom, left, bottom), to_original(view))
        page.contents_add(Stream(pdf, layer.content(words, place, self._codes)), prepend=True)
        self._with_text.append(number if pdf is self._pdf else len(self._pdf.pages) + number)
        if view.text is not None and view.text.turn:
            page.Rotate = turn_of(view)

    def _add_image(self, view: PageView) -> None:
        stored = self._stored(view.source)
        if self._title is not None:
            _check_archival(stored)
        page = image.append(self._images, stored, turn_of(view, stored.turn))
        width, height = (float(side) for side in page.mediabox[2:])
        place = geometry.compose(image.to_page(width, height), to_upright(view))
        if content := layer.content(added_words(view), place, self._codes):
            page.contents_add(Stream(self._images, content))
            self._with_text.append(len(self._pdf.pages) + len(self._images.pages) - 1)
        self._held += len(stored.data)
        if self._held > HELD:
            self._move_images()

    def _move_images(self) -> None:
        """Append the pages of images to the others, by way of the disk if they are many."""
        if not self._images.pages:
            return
        if self._held > HELD:
            folder = self._scratch.enter_context(tempfile.TemporaryDirectory())
            _save(self._images, Path(folder) / "images.pdf")
            self._images.close()
            self._images = pikepdf.open(Path(folder) / "images.pdf")
        self._pdf.pages.extend(self._images.pages)
        self._parts.append(self._images)
        self._images, self._held = pikepdf.new(), 0


class _Sink(io.RawIOBase):
    """Takes all that is written, and keeps what went wrong for the end: an exception in the midst of its
    writing ends QPDF with the whole process."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.problem: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.problem is None:
            try:
                self._file.write(data)
            except OSError as error:
                self.problem = error
        return len(data)


def _check_archival(stored: StoredImage) -> None:
    if stored.colours == "DeviceCMYK" and not stored.icc:
        raise ArsipError(INKS_UNKNOWN)
    if stored.filter == "JPXDecode" and (cause := jpx.unfit(stored.data, bool(stored.colours))):
        raise ArsipError(cause)


def _save(pdf: Pdf, target: Path) -> None:
    """Streams stay as they are; the same pages give the same bytes. OSError where the disk fails."""
    level = pikepdf.StreamDecodeLevel.none
    with target.open("wb") as file:
        sink = _Sink(file)
        pdf.save(
            cast(BinaryIO, sink),
            min_version="1.7",
            stream_decode_level=level,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
        if sink.problem is not None:
            raise sink.problem


def _shown_box(page: Page) -> tuple[float, float, float, float]:
    """What of a page is shown: its crop box, as far as that lies in its media box (ISO 32000-1, 14.11.2)."""
    left, bottom, right, top = _box(page.mediabox)
    x0, y0, x1, y1 = _box(page.cropbox)
    x0, y0, x1, y1 = max(x0, left), max(y0, bottom), min(x1, right), min(y1, top)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else (left, bottom, right, top)


def _box(numbers: Any) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(number) for number in numbers)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
