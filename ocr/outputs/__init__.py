"""Outputs: from pages, their words and their originals to searchable PDF, PDF/A, ALTO, hOCR and text."""
