"""What kind of file this is, by its first bytes: the formats that are read, and the names they go by."""

from __future__ import annotations

HEAD = 1024
"""How many first bytes of a file tell what it is."""

EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/tiff": (".tif", ".tiff"),
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/bmp": (".bmp", ".dib"),
    "image/jp2": (".jp2", ".j2k", ".jpx", ".jpf", ".jpc", ".j2c"),
}
"""Every media type that is read, with the extensions it goes by."""

SUPPORTED = frozenset(extension for names in EXTENSIONS.values() for extension in names)

UNREAD_IMAGES = frozenset(
    {
        ".gif",
        ".heic",
        ".heif",
        ".avif",
        ".jxl",
        ".psd",
        ".svg",
        ".djvu",
        ".djv",
        ".ico",
        ".pcx",
        ".tga",
        ".wmf",
    }
    | {".emf", ".jb2", ".jbig2", ".xps", ".oxps", ".dng", ".cr2", ".nef", ".arw", ".raw"}
)
"""Perhaps pictures of pages, in formats that are not read: refused, so that somebody converts them."""

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),  # BigTIFF
    (b"MM\0+", "image/tiff"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),  # a bare codestream: SOC, SIZ (ISO 15444-1, A.4)
)


def sniff(head: bytes) -> str | None:
    """The media type that the first bytes of a file speak of, or None for nothing that is read.

    ``head`` is the first ``HEAD`` bytes, or fewer where there are no more. A PDF may carry junk before
    ``%PDF`` within them (ISO 32000-1, annex H, implementation note 13).
    """
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if _bitmap(head):
        return "image/bmp"
    return "application/pdf" if b"%PDF-" in head[:HEAD] else None


def _bitmap(head: bytes) -> bool:
    """Two letters alone would take every text that begins with BM for a bitmap: look at the header's size."""
    return head.startswith(b"BM") and len(head) >= 18 and int.from_bytes(head[14:18], "little") in _DIB_SIZES


_DIB_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
