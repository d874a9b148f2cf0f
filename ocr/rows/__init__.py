"""The lines of a plain page, found without Tesseract: the ridges of ink that rows of letters are."""
