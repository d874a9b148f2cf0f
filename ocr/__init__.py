"""From a page image to words: engines, the PDF's own text, reading order."""
