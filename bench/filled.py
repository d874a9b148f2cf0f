"""A catalog with many pages in it that are searchable, as work leaves them, written in bulk."""

from __future__ import annotations

import time
from collections.abc import Iterator

from archive.catalog.connect import Catalog
from archive.catalog.intake import open_batch
from archive.catalog.schema import blob, document, page, result, sighting, stage_run
from archive.types import Stage

LARGE = "besar"
SMALL_BATCHES = 200
FRAMES = 4
"""Pages of a document."""
_CHUNK = 5_000 // FRAMES


def fill(catalog: Catalog, pages: int) -> None:
    """A batch LARGE of so many pages, and small ones of one document beside it."""
    _fill(catalog, LARGE, pages)
    for number in range(SMALL_BATCHES):
        _fill(catalog, f"kecil-{number}", FRAMES)


def _fill(catalog: Catalog, name: str, pages: int) -> None:
    of = open_batch(catalog, name).id
    for start in range(0, pages // FRAMES, _CHUNK):
        numbers = range(start, min(start + _CHUNK, pages // FRAMES))
        keys = [f"{of[-8:]}{number:08d}" for number in numbers]
        rows = {
            blob: [_blob(key) for key in keys],
            document: [_document(of, key) for key in keys],
            page: [_page(of, key, frame) for key in keys for frame in range(FRAMES)],
            sighting: [_sighting(of, key) for key in keys],
            stage_run: [run for key in keys for run in _runs(of, key)],
            result: [one for key in keys for one in _results(key)],
        }
        with catalog.write() as connection:
            for table, values in rows.items():
                connection.execute(table.insert(), values)


def _blob(key: str) -> dict[str, object]:
    return {"sha256": key.rjust(64, "0"), "size": 90_000, "media_type": "image/tiff", "frames": FRAMES}


def _document(of: str, key: str) -> dict[str, object]:
    return {
        "id": f"d{key}",
        "batch": of,
        "root": "/in",
        "path": f"2021/{key}.tif",
        "languages": "ind+eng",
        "fingerprint": key.rjust(64, "f"),
        "unit": "Bagian Umum",
        "security": "B",
        "box": "12",
        "shelf": "A",
        "revision": FRAMES,
        "described_revision": FRAMES,
        "description_key": f"c{key}",
        "type": "undangan",
    }


def _page(of: str, key: str, frame: int) -> dict[str, object]:
    return {
        "id": f"p{key}{frame}",
        "document": f"d{key}",
        "number": frame + 1,
        "batch": of,
        "frame": frame,
        "blob": key.rjust(64, "0"),
        "path": f"2021/{key}.tif",
        "revision": 3,
        "indexed_revision": 3,
        "open": False,
        "blank": False,
        "words": 300,
        "confidence": 0.93,
        "prepared_key": f"a{key}{frame}".rjust(64, "0"),
        "text_key": f"b{key}{frame}".rjust(64, "0"),
    }


def _sighting(of: str, key: str) -> dict[str, object]:
    return {
        "batch": of,
        "root": "/in",
        "path": f"2021/{key}.tif",
        "size": 90_000,
        "mtime_ns": 1,
        "seen_at": 1.0,
        "outcome": "document",
        "document": f"d{key}",
        "blob": key.rjust(64, "0"),
    }


def _runs(of: str, key: str) -> Iterator[dict[str, object]]:
    pages = [f"p{key}{frame}" for frame in range(FRAMES)]
    for stage, subjects in (
        (Stage.PREPROCESS, pages),
        (Stage.OCR, pages),
        (Stage.CLASSIFY, [f"d{key}"]),
        (Stage.INDEX, pages),
    ):
        for subject in subjects:
            run = {"stage": stage.value, "subject": subject, "revision": 1, "batch": of, "owner": "h/b/1/1"}
            yield run | {"started_at": time.time(), "ended_at": time.time(), "outcome": "done"}


def _results(key: str) -> Iterator[dict[str, object]]:
    for letter, stage in (("a", "preprocess"), ("b", "ocr")):
        for frame in range(FRAMES):
            kept = {"key": f"{letter}{key}{frame}".rjust(64, "0"), "stage": stage, "made_at": 1.0}
            yield kept | {"payload": b"x" * (300 if stage == "preprocess" else 1500)}
