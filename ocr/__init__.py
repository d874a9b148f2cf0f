"""From a page image to words: engines, the PDF's own text, reading order."""

import os

# Tesseract with OpenMP threads takes six times the CPU for the same text, and one reader runs per core.
# libgomp looks at this once, when it is loaded: hence here, before any engine can be.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")
