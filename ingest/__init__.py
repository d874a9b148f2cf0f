"""From files on disk to clean page images: walk a tree, open pages, prepare them, measure their quality."""

VERSION = "5"
"""Part of the key under which a prepared page is kept: raise it whenever the same page comes out differently.

It stands here so that whoever only needs the key does not load OpenCV.
"""
