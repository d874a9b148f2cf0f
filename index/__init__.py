"""Analysis, query language, page records and the two search engines."""
