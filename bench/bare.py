"""The bare engine: one process that reads image files one after the other and does nothing else.

``python -m bench.bare ENGINE LANGUAGES FILE…``: ``tesserocr`` keeps one engine, as fast as it goes by itself;
``tesseract`` starts Debian's program for each file, which is what pytesseract does.
"""

from __future__ import annotations

import os
import subprocess
import sys

os.environ["OMP_THREAD_LIMIT"] = "1"  # before any of the libraries is loaded


def by_tesserocr(languages: str, files: list[str]) -> None:
    """Decode and recognise each file with one engine; words and boxes, thrown away."""
    import numpy as np
    import tesserocr
    from PIL import Image

    from ocr import tessdata

    with tesserocr.PyTessBaseAPI(path=str(tessdata.folder()), lang=languages) as api:
        for file in files:
            with Image.open(file) as image:
                pixels = np.asarray(image)
            height, width = pixels.shape
            api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
            api.GetTSVText(0)


def by_tesseract(languages: str, files: list[str]) -> None:
    """Let the program recognise each file: words and boxes, thrown away."""
    for file in files:
        subprocess.run(
            ["tesseract", file, "-", "-l", languages, "tsv"],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


if __name__ == "__main__":
    {"tesserocr": by_tesserocr, "tesseract": by_tesseract}[sys.argv[1]](sys.argv[2], sys.argv[3:])
