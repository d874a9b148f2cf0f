"""The bare engine: one process that reads image files one after the other and does nothing else.

``python -m bench.bare ENGINE LANGUAGES OUT FILE…`` writes a TSV for each file, words and boxes as Tesseract
tells them: ``tesserocr`` keeps one engine, as fast as it goes by itself; ``tesseract`` starts the program
of that name for each file, as pytesseract does, and has it write a searchable PDF too.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"  # before any of the libraries is loaded


def by_tesserocr(languages: str, out: Path, files: Sequence[str]) -> None:
    """Decode and recognise each file with one engine."""
    import numpy as np
    import tesserocr
    from PIL import Image

    from ocr import tessdata

    with tesserocr.PyTessBaseAPI(path=str(tessdata.folder()), lang=languages) as api:
        for file in files:
            with Image.open(file) as image:
                pixels, dpi = np.asarray(image.convert("L")), image.info.get("dpi", (0, 0))[0]
            height, width = pixels.shape
            api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
            if dpi:
                api.SetSourceResolution(round(dpi))
            target(out, file).write_text(api.GetTSVText(0), "utf-8")


def by_tesseract(languages: str, out: Path, files: Sequence[str]) -> None:
    """Let the program recognise each file."""
    for file in files:
        place = target(out, file).with_suffix("")
        subprocess.run(
            ["tesseract", file, str(place), "-l", languages, "tsv", "pdf"],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def target(out: Path, file: str) -> Path:
    """Where the words of a file are written: under the names of its folder and its own."""
    return out / f"{Path(file).parent.name}--{Path(file).stem}.tsv"


if __name__ == "__main__":
    by = {"tesserocr": by_tesserocr, "tesseract": by_tesseract}[sys.argv[1]]
    by(sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
